"""The relation with customers: what they are worth, and what more can be done for each."""
