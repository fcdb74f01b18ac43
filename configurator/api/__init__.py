"""The JSON interface: products and drafts, under the same rules of access as the pages."""

from configurator.api import drafts, saved

__all__ = ["drafts", "saved"]
