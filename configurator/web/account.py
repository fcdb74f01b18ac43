"""The account: signing in, up and out, and what can be changed about oneself."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from babel import Locale
from babel.core import LOCALE_ALIASES
from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import refresh
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from configurator.demonstration.shop import is_public
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import access, me, sign_in, sign_out
from configurator.web.forms import EmailForm, LoginForm, PasswordForm, ProfileForm, SignUpForm
from orders import accounts, customers, subjects
from orders.memory import consents
from orders.records import ROLES, Account
from orders.relation import tiers
from orders.subjects import Whom

account = Blueprint("account", __name__, url_prefix="/account")

UNPROCESSABLE, TOO_MANY = 422, 429
REGIONAL = ("de_AT", "de_CH", "en_AU", "en_CA", "en_GB", "en_IE", "es_MX", "fr_BE", "fr_CA", "fr_CH", "it_CH", "nl_BE",
            "pt_BR")
"""Locales beside the usual one of each language."""
HOME = {"rep": "desk.clients", "admin": "desk.clients", "fulfilment": "floor.queue", "manager": "studio.catalogues"}


@account.route("/login", methods=["GET", "POST"])
@access("public")
def login() -> Answer:
    """Signs in; what a guest made stays theirs."""
    form = LoginForm()
    if not form.validate_on_submit():
        return _page("login", form)
    try:
        who = accounts.authenticate(session, form.email.data or "", form.password.data or "", request.remote_addr or "")
    except accounts.Throttled as error:
        minutes = max(1, round(error.wait.total_seconds() / 60))
        form.form_errors.append(_("Too many failed tries. Try again in %(minutes)d minutes.", minutes=minutes))
        return _page("login", form, TOO_MANY)
    if who is None:
        form.form_errors.append(_("This e-mail address and password do not belong together."))
        return _page("login", form)
    if is_public(who.email, form.password.data or "") and not current_app.extensions["settings"].demo:
        form.form_errors.append(_("Everybody knows this password of the demonstration: it opens nothing here."))
        return _page("login", form)
    _enter(who)
    return redirect(_next(who), 303)


@account.route("/signup", methods=["GET", "POST"])
@access("public")
def signup() -> Answer:
    """A new customer."""
    form = SignUpForm()
    if not form.validate_on_submit():
        return _page("signup", form)
    try:
        who = accounts.sign_up(session, email=form.email.data or "", password=form.password.data or "",
                               name=form.name.data or "", phone=form.phone.data or "")
    except accounts.Taken:
        form.email.errors = [_("There is an account with this e-mail address: sign in instead.")]
        return _page("signup", form)
    if who.customer and current_app.extensions["settings"].ask_first:
        consents.ask(session, who.customer, form.allowed.data or (), who)
    _enter(who)
    return redirect(_next(who), 303)


@account.post("/logout")
@access("public")
def logout() -> Answer:
    """Signs out."""
    sign_out()
    return redirect(url_for("account.login"), 303)


@account.get("/")
@access(*ROLES)
def profile() -> Answer:
    """What can be changed about oneself."""
    return _profile()


@account.post("/profile")
@access(*ROLES)
def change_profile() -> Answer:
    """Changes name, telephone and locale."""
    who, form = me(), _profile_form(sent=True)
    if not form.validate_on_submit():
        return _profile(profile=form)
    who.name, who.locale = form.name.data or "", form.locale.data or ""
    if who.customer:
        customers.call(who.customer, name=who.name, email=who.customer.email, phone=form.phone.data or "",
                       company=who.customer.company)
    refresh()
    return _done(_("Your details are changed."))


@account.post("/email")
@access(*ROLES)
def change_email() -> Answer:
    """Changes the e-mail address."""
    form = EmailForm()
    if form.validate_on_submit() and _confirmed(form):
        try:
            accounts.change_email(session, me(), form.email.data or "")
            return _done(_("Your e-mail address is changed."))
        except accounts.Taken:
            form.email.errors = [_("Another account has this e-mail address.")]
    return _profile(email=form)


@account.post("/password")
@access(*ROLES)
def change_password() -> Answer:
    """Changes the password and ends every other session."""
    form = PasswordForm()
    if form.validate_on_submit() and _confirmed(form):
        accounts.change_password(session, me(), form.password.data or "")
        sign_in(me())
        return _done(_("Your password is changed; every other browser is signed out."))
    return _profile(password=form)


def _enter(who: Account) -> None:
    """Signs in; the drafts of the guest who they were until now become the customer's."""
    guest = cookie.get("guest")
    if guest and who.customer:
        for draft in session.scalars(select(Draft).where(Draft.guest == guest)):
            whom = subjects.likely(session, Whom(who.customer), draft.version)
            draft.guest, draft.customer, draft.person, draft.place = None, whom.customer, whom.person, whom.place
    sign_in(who)
    refresh()


def _confirmed(form: EmailForm | PasswordForm) -> bool:
    if accounts.verify(me(), form.current.data or ""):
        return True
    form.current.errors = [_("This is not your password.")]
    return False


def _next(who: Account) -> str:
    """Where they were going, if that is a path of this site; else where their work is."""
    target = request.args.get("next", "")
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if local and target.isprintable() else url_for(HOME.get(who.role, "shop.products"))


def _page(name: str, form: LoginForm | SignUpForm, status: int = UNPROCESSABLE) -> Response:
    status = status if form.is_submitted() else 200
    ask_first = current_app.extensions["settings"].ask_first
    return make_response(render_template(f"account/{name}.html", form=form, ask_first=ask_first), status)


def _profile_form(sent: bool = False) -> ProfileForm:
    who = me()
    form = ProfileForm(*([] if sent else [None]), obj=who, data={"phone": who.customer.phone if who.customer else ""})
    form.locale.choices = [("", _("As the browser asks")), *_locales()]
    return form


def _profile(**forms: ProfileForm | EmailForm | PasswordForm) -> Response:
    """The page with its three forms; one that was sent and refused is shown with what is wrong in it."""
    shown = {"profile": _profile_form(), "email": EmailForm(formdata=None, obj=me()),
             "password": PasswordForm(formdata=None)} | forms
    customer = me().customer
    membership = tiers.of(session, customer) if customer else None
    page = render_template("account/profile.html", membership=membership, **shown,
                           left=tiers.remaining(session, customer) if customer else {})
    return make_response(page, UNPROCESSABLE if forms else 200)


@cache
def _locales() -> list[tuple[str, str]]:
    """Locales to pick from, each by its own name."""
    shown = ((name, Locale.parse(name).get_display_name() or name) for name in {*LOCALE_ALIASES.values(), *REGIONAL})
    return sorted(shown, key=lambda pair: pair[1].casefold())


def _done(message: str) -> Answer:
    flash(message)
    return redirect(url_for("account.profile"), 303)
