"""What changes about an order after it was placed: by its customer until it is released, then as the floor grants."""
