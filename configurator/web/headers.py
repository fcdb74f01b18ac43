"""What every answer tells the browser it may do, errors included."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from configurator.settings import Settings

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "connect-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'"}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin"}
A_YEAR = 365 * 24 * 60 * 60


def secure(settings: Settings) -> Callable[[Response], Response]:
    """What to run after every request."""
    headers = HEADERS | ({"Strict-Transport-Security": f"max-age={A_YEAR}"} if settings.https else {})

    def add(response: Response) -> Response:
        response.headers.update(headers)
        if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"  # the back button asks again
        return response
    return add
