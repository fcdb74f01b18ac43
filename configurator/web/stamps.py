"""Addresses of static files change with their content, so that browsers may keep them for good."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import sha256
from os import stat
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

A_YEAR = 365 * 24 * 60 * 60


def register(app: Flask) -> None:
    """Adds `?v=` to static addresses, and lets what was asked for with it be cached."""
    @app.url_defaults
    def stamped(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            path = f"{app.static_folder}/{values.get('filename')}"  # a page names thirty: a Path would take too long
            with suppress(OSError):  # there is no such file
                values["v"] = _digest(path, stat(path).st_mtime_ns)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        return response


@cache
def _digest(path: str, _modified: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()[:12]
