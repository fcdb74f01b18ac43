"""The JSON interface: products and drafts, under the same rules of access as the pages."""
