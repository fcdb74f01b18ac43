"""The language of the shop, in which build sheets are written once and for all, whoever reads a page."""

from __future__ import annotations

from babel.support import Translations

from catalog.wording import WORDS
from configurator.settings import Settings


def speak(settings: Settings) -> None:
    """Says the program's own words of a build sheet as the shop does; for the whole process."""
    _ = Translations.load(settings.translations, [settings.locale]).gettext
    WORDS.update({"yes": _("yes"), "no": _("no"), "none": _("none"), "Build as specified": _("Build as specified")})
