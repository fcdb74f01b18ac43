"""The plans of rooms, and pieces in them."""
