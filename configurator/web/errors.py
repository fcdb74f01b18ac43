"""Errors as pages in the look of the others, or as problems (RFC 9457) for the API."""

from __future__ import annotations

from flask import Blueprint, Response, g, get_template_attribute, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, SecurityError, ServiceUnavailable

from configurator.engine import Undecided
from orders.promises import Unpromised

errors = Blueprint("errors", __name__)


@errors.app_errorhandler(HTTPException)
def show(error: HTTPException) -> Response | HTTPException:
    """The error as whoever asked can read it; redirects pass."""
    code = error.code or 500
    if code < 400:
        return error
    if code >= 500:
        g.account = None  # the database may be what failed: ask it nothing more
    if isinstance(error, SecurityError):
        return Response(error.description, 400, mimetype="text/plain")  # no address of ours to link to
    if request.path.startswith("/api/"):
        answer = jsonify(type="about:blank", title=error.name, status=code, detail=error.description)
        answer.mimetype = "application/problem+json"
    else:
        title, advice = _words(code, error)
        if "HX-Request" in request.headers:  # the page that asked stays, with what is typed in it
            answer = make_response(get_template_attribute("macros.html", "passing")("warning", f"{title}. {advice}"))
        else:
            answer = make_response(render_template("error.html", code=code, title=title, advice=advice))
    answer.status_code = code
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value  # Allow, Retry-After, WWW-Authenticate
    return answer


@errors.app_errorhandler(DataError)
def unstorable(_: DataError) -> Response | HTTPException:
    """A text or number that no database holds, such as one with a NUL: whoever sent it can correct it."""
    return show(BadRequest())


@errors.app_errorhandler(Undecided)
def undecided(_: Undecided) -> Response | HTTPException:
    """A question that the engine's budget did not suffice for: unknown, which is not the same as impossible."""
    return show(ServiceUnavailable("This could not be worked out in time, and nothing was changed.", retry_after=5))


@errors.app_errorhandler(Unpromised)
def unpromised(_: Unpromised) -> Response | HTTPException:
    """Nothing is ordered or quoted for a day that nobody can name."""
    return show(Conflict("No day can be promised: the work centres that it passes through have no hours together, or "
                         "there is work for more than ten years."))


def _words(code: int, error: HTTPException) -> tuple[str, str]:
    """A title, and what to do about it."""
    known = {
        400: (_("This request could not be read"), _("Go back, reload the page and send it again.")),
        403: (_("This is not for your account"), _("Sign in with an account that may see it.")),
        404: (_("There is no such page"), _("It was moved or deleted, or it belongs to another account.")),
        405: (_("This address cannot be used in this way"), _("Go back and use the buttons of the page.")),
        409: (_("No day can be promised for this"),
              _("The workshop has no hours for it yet, or it is work for more than ten years. Nothing was ordered: "
                "choose otherwise, order fewer pieces, or ask whoever keeps the hours of the work centres.")),
        413: (_("That is too much at once"), _("Send a smaller file or a shorter text.")),
        429: (_("Too many tries"), _("Wait a while, then try again.")),
        500: (_("Something went wrong on our side"), _("Nothing was stored by halves. Try again in a moment.")),
        503: (_("This takes too long to work out"),
              _("Your answers are kept. Go back, answer another question first, and tell us if it happens again."))}
    return known.get(code, (error.name, error.description or ""))
