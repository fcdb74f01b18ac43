"""The pages: shop, desk, floor and studio."""
