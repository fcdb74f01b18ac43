"""A configuration as a link: what was chosen and what was shown besides, readable, checked like any other input."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from catalog.model import ProductModel
from catalog.nodes import Answer
from configurator.drafts.progress import Progress
from configurator.web.shop.answers import CHOSEN, SHOWN, Unread, raw, read

LONGEST = 12_000
"""Characters of a link that is read."""
KEPT = 5_000
"""Answers that are kept as they are written in links: a click changes few."""


def query(progress: Progress) -> str:
    """What comes after the question mark of a link to exactly this."""
    choices = progress.configuration.choices
    pairs = [pair((CHOSEN if name in choices else SHOWN) + name, text)
             for name, answer in progress.values.items() for text in raw(answer) or [""]]
    return "&".join([pair("version", str(progress.draft.version.number)), *pairs])


@lru_cache(KEPT)
def pair(field: str, text: str) -> str:
    """An answer, as a link has it."""
    return urlencode({field: text})


def answers(model: ProductModel, args: MultiDict[str, str]) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """What a link says was chosen and shown; raises Unread for what the model does not have."""
    found: dict[str, dict[str, Answer]] = {CHOSEN: {}, SHOWN: {}}
    for field, texts in args.lists():
        for prefix, values in found.items():
            name = field.removeprefix(prefix)
            if field.startswith(prefix):
                if name not in model:
                    raise Unread(_("The product has no %(name)s.", name=name[:80]))
                values[name] = read(model[name], texts)
    return found[CHOSEN], found[SHOWN]
