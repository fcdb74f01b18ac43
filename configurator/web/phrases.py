"""What is said in the reader's language, looked up once for each language: a page says hundreds of phrases."""

from __future__ import annotations

from babel import Locale
from flask import Flask, current_app, g
from flask_babel import get_locale, get_translations
from markupsafe import Markup

_KNOWN = "phrases"


def locale() -> Locale | None:
    """The reader's, as flask_babel found it for this request; None outside of any."""
    try:
        return g._get_current_object()._flask_babel.babel_locale
    except (RuntimeError, AttributeError):  # it was not asked yet, or there is no request
        return get_locale()


def gettext(text: str, **variables: object) -> str:
    """The text in the reader's language with the variables put in, as flask_babel's own gives it."""
    found = str(_translated(text))
    return found % variables if variables else found


def register(app: Flask) -> None:
    """Makes it the `_` of templates, where what is put into a phrase is escaped."""
    app.extensions[_KNOWN] = {}

    def phrase(text: str, /, **variables: object) -> Markup:
        found = _translated(text)
        return found % variables if variables else found

    app.jinja_env.globals["_"] = phrase


def _translated(text: str) -> Markup:
    known: dict[tuple[str, Locale | None], Markup] = current_app.extensions[_KNOWN]
    key = text, locale()
    found = known.get(key)
    if found is None:
        found = known[key] = Markup(get_translations().ugettext(text))  # noqa: S704 - written by us, not by readers
    return found
