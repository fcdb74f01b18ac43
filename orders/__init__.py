"""What was promised to whom: customers, specifications, orders and build sheets."""
