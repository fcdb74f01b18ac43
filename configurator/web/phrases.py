"""What templates say in the reader's language, looked up once for each language: a page says a hundred phrases."""

from __future__ import annotations

from babel import Locale
from flask import Flask
from flask_babel import get_locale, get_translations
from markupsafe import Markup


def register(app: Flask) -> None:
    """Takes the place of the `_` of templates; what is put into a phrase is escaped."""
    known: dict[tuple[Locale | None, str, bool], Markup] = {}

    def phrase(text: str, /, **variables: object) -> Markup:
        key = get_locale(), text, bool(variables)
        found = known.get(key)
        if found is None:
            translated = Markup(get_translations().ugettext(text))  # noqa: S704 - written by us, not by readers
            found = known[key] = translated if variables else translated % {}
        return found % variables if variables else found

    app.jinja_env.globals["_"] = phrase
