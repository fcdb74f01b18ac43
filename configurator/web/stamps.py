"""Static files: their addresses change with their content, so that browsers may keep them for good."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import sha256
from os import stat
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, request
from werkzeug.wrappers import Response as Answer

from configurator.web.style import FILE, style

A_YEAR = 365 * 24 * 60 * 60
LENGTH = 12  # of a stamp


def register(app: Flask) -> None:
    """Adds `?v=` to static addresses, and lets what was asked for with it be cached; joins the style sheets."""
    joined, sent = style(Path(app.static_folder or "") / "css"), app.view_functions["static"]
    stamp = sha256(joined.encode()).hexdigest()[:LENGTH]

    def static(filename: str) -> Answer:
        if filename != FILE:
            return cast(Answer, sent(filename=filename))
        found = Response(joined, mimetype="text/css", headers={"Cache-Control": "no-cache"})
        found.set_etag(stamp)
        return found.make_conditional(request)

    app.view_functions["static"] = static

    @app.url_defaults
    def stamped(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") == FILE:
            values["v"] = stamp
        elif endpoint == "static":
            path = f"{app.static_folder}/{values.get('filename')}"  # a Path would take twice as long
            with suppress(OSError):  # there is no such file
                values["v"] = _digest(path, stat(path).st_mtime_ns)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        return response


@cache
def _digest(path: str, _modified: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()[:LENGTH]
