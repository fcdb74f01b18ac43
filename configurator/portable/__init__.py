"""What is remembered of a customer as a file that they take along, and bring to the same or another shop."""

from configurator.portable.bringing import Brought, bring
from configurator.portable.document import Document, Unreadable, from_bytes, to_csv, to_json
from configurator.portable.taking import take

__all__ = ["Brought", "Document", "Unreadable", "bring", "from_bytes", "take", "to_csv", "to_json"]
