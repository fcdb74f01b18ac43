"""Quotes: drawn up, priced, taxed, sent and turned into orders."""
