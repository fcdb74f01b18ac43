"""Lot One as a WSGI application."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, jsonify
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from catalog.database import connect
from configurator.api.drafts import api
from configurator.engine import within
from configurator.language import speak
from configurator.settings import ROOT, Settings
from configurator.transaction import TransactionalFlask, close_session, session
from configurator.web import formatting, frame, phrases, stamps
from configurator.web.access import access, guard, require_access
from configurator.web.account import account
from configurator.web.desk.attention import attending
from configurator.web.desk.client import client_acts
from configurator.web.desk.clients import desk
from configurator.web.desk.learning import learning
from configurator.web.desk.relation import relation
from configurator.web.desk.tiers import tiers
from configurator.web.errors import errors
from configurator.web.floor.bench import bench
from configurator.web.floor.board import board
from configurator.web.floor.buying import buying
from configurator.web.floor.granting import granting
from configurator.web.floor.hours import hours
from configurator.web.floor.measured import measured
from configurator.web.floor.orders import floor
from configurator.web.floor.outbox import outbox
from configurator.web.floor.picking import picking
from configurator.web.floor.queues import queues
from configurator.web.floor.sheets import sheets
from configurator.web.floor.shipping import shipping
from configurator.web.floor.stocking import stocking
from configurator.web.floor.tracing import tracing
from configurator.web.floor.troubles import troubles
from configurator.web.headers import secure
from configurator.web.memory.erasing import client_erasing, erasing
from configurator.web.memory.erasing import register as register_erasing
from configurator.web.memory.feedback import asking
from configurator.web.memory.keeping import keeping
from configurator.web.memory.page import client_memory, memory
from configurator.web.memory.people import client_people, people
from configurator.web.quotes.charges import charges
from configurator.web.quotes.countries import countries
from configurator.web.quotes.desk import desk_quotes
from configurator.web.quotes.quote_lines import quote_lines
from configurator.web.quotes.quoted import own_quotes, quoted
from configurator.web.shop.changing import changing
from configurator.web.shop.configuring import shop
from configurator.web.shop.ordering import ordering
from configurator.web.shop.orders import pages
from configurator.web.studio import studio

BLUEPRINTS = (
    account, api, asking, attending, bench, board, buying, changing, charges, client_acts, client_erasing,
    client_memory, client_people, desk, desk_quotes, erasing, errors, floor, granting, hours, keeping, learning,
    measured, memory, ordering, outbox, own_quotes, pages, people, picking, queues, quote_lines, quoted, sheets,
    shipping, shop, stocking, studio, tiers, tracing, troubles)


PATIENCE = 2.0
"""Seconds of processor time that one request may spend on what is hard, whatever products it asks about."""


class Storable(IntegerConverter):
    """A whole number in an address, if a database can hold it: at any other there is nothing."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=(1 << 31) - 1)


class LotOne(TransactionalFlask):
    """The application: each request is one transaction, and within one budget."""

    def full_dispatch_request(self) -> Response:
        """Answers the request under way."""
        with within(PATIENCE):
            return super().full_dispatch_request()


def create_app(settings: Settings | None = None) -> Flask:
    """The application; raises RuntimeError if a view does not say who may call it."""
    settings = settings or Settings.from_environment()
    app = LotOne(__name__, template_folder=str(ROOT / "templates"), static_folder="web/static")
    app.url_map.converters["int"] = Storable
    _configure(app, settings)
    app.extensions["engine"] = connect(settings.url)
    app.extensions["settings"] = settings
    CSRFProtect(app).exempt(api)  # it has its own guard
    speak(settings)
    Babel(app, locale_selector=formatting.choose_locale)
    phrases.register(app)
    app.before_request(guard)
    app.after_request(secure(settings))
    app.teardown_appcontext(close_session)
    formatting.register(app)
    app.add_template_global(countries)
    frame.register(app, settings.maker, settings.demo)
    stamps.register(app)
    register_erasing(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.analysis:
        app.register_blueprint(relation)
    app.add_url_rule("/health", view_func=health)
    require_access(app)
    return app


@access("public")
def health() -> Response:
    """Whether the database answers; a 500 if not."""
    session.execute(text("SELECT 1"))
    return jsonify(status="ok")


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.key(),
        MAX_CONTENT_LENGTH=settings.max_body,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_NAME="__Host-lotone" if settings.https else "lotone",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_REFRESH_EACH_REQUEST=False,  # or a slow answer's old cookie takes away what a later one told
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page left open over lunch still works
        BABEL_DEFAULT_LOCALE=settings.locale,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(settings.translations.resolve()))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # that is how Flask is wrapped
