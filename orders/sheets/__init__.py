"""Build sheets for those who build: the frozen data of an order on paper, on labels and in tables."""
