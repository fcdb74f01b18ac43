"""The shop as `lotone serve` runs it, and beside it a page that only reads two rows: `python -m bench.served FOLDER`.

It prints its port.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from flask import Flask, current_app, render_template
from sqlalchemy import select

from catalog.records import Product, Version
from configurator.app import create_app
from configurator.records import Draft
from configurator.serving import serve
from configurator.settings import Settings
from configurator.transaction import session
from configurator.web.access import access, found

PLAIN = "/two-rows"
PAGE = """{% extends "layout.html" %}{% block title %}{{ version.title }}{% endblock %}
{% block content %}<main class="page"><h1>{{ version.title }}</h1><p>{{ inputs }}</p></main>{% endblock %}"""


@access("public")
def two_rows(slug: str) -> str:
    """A product's newest version, and the inputs of the newest of its drafts."""
    of = select(Version.id, Version.title, Version.number).join(Product).where(Product.slug == slug)
    version = found(session.execute(of.order_by(Version.number.desc()).limit(1)).first())
    newest = select(Draft.inputs).where(Draft.version_id == version.id).limit(1)
    return render_template(current_app.extensions[PLAIN], version=version, inputs=session.scalar(newest))


def shop(settings: Settings) -> Flask:
    """The application with that page."""
    app = create_app(settings)
    app.extensions[PLAIN] = app.jinja_env.from_string(PAGE)  # compiled once, as pages out of files are
    app.add_url_rule(f"{PLAIN}/<slug>", view_func=two_rows)
    return app


def main() -> None:
    settings = Settings(instance=Path(sys.argv[1]), secret_key="measured")
    sockets = [socket.create_server((settings.host, 0))]
    print(sockets[0].getsockname()[1], flush=True)
    serve(settings, sockets, shop)


if __name__ == "__main__":
    main()
