"""What leaves the house, and what is written to customers."""
