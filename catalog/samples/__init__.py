"""Three product families to sell and to learn from."""
