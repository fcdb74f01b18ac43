"""The shop's pages: products, configuring, ordering, and what became of orders."""
