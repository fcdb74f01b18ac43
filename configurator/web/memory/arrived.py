"""What a file brought along, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from configurator.portable import Brought

TOLD = 20
"""Things left out that are told one by one."""


class Arrived(NamedTuple):
    """What came in, and what did not or not as it was."""

    came: list[str]
    left_out: list[str]


def in_words(brought: Brought, uses: Mapping[str, tuple[Any, Any]]) -> Arrived:
    """What came in by how many, and the first of what did not; `uses`: purposes in the words for whoever reads it."""
    left = [_left_out(why, uses[what][0] if why == "consent" else what, count)
            for (why, what), count in brought.left_out.most_common(TOLD)]
    if more := len(brought.left_out) - TOLD:
        left += [_("and %(count)s more", count=more)] if more > 0 else []
    return Arrived(list(_came(brought)), left)


def _came(brought: Brought) -> Iterator[str]:
    said: Mapping[str, Callable[[int], str]] = {
        "person": lambda n: ngettext("one person", "%(num)d people", n),
        "place": lambda n: ngettext("one place", "%(num)d places", n),
        "fact": lambda n: ngettext("one measure", "%(num)d measures", n),
        "specification": lambda n: ngettext("one specification", "%(num)d specifications", n),
        "order": lambda n: ngettext("what one order shows", "what %(num)d orders show", n),
        "correction": lambda n: ngettext("one correction", "%(num)d corrections", n),
        "verdict": lambda n: ngettext("what was said of one order", "what was said of %(num)d orders", n),
        "consent": lambda n: ngettext("one thing that was withdrawn", "%(num)d things that were withdrawn", n)}
    return (in_word(brought.counts[kind]) for kind, in_word in said.items() if brought.counts[kind])


def _left_out(why: str, what: str, count: int) -> str:
    match why:
        case "name":
            return _("%(name)s: nobody and no place can be called that here.", name=what)
        case "plan":
            return _("The plan of %(name)s cannot be read.", name=what)
        case "fact":
            return _("%(what)s: no product here asks for it, or not like this.", what=what)
        case "specification":
            return _("The specification %(name)s: nothing here is like it.", name=what)
        case "mended":
            return _("The specification %(name)s cannot be built here as it was: what had to change is proposed anew.",
                     name=what)
        case "product":
            return _("%(name)s: no product here is called that.", name=what)
        case "answer":
            return _("%(what)s: there is no such question or answer here.", what=what)
        case "consent":
            return _("%(purpose)s: allowed elsewhere; here it can be allowed on this page.", purpose=what)
        case "past order":
            return ngettext("One order from before.", "%(num)d orders from before.", count)
    return ngettext("One configuration in progress.", "%(num)d configurations in progress.", count)
