"""The forms' shapes: what is there and how long it may be. What it means is checked further down."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    EmailField,
    Form,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    EqualTo,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from catalog.characters import hidden
from orders.accounts import LONGEST, SHORTEST

USES = {
    "proposals": (_("My measures, orders and choices"), _("to propose answers to me")),
    "experience": (_("My choices, without my name"),
                   _("to propose answers to others; never my texts, and nothing that fewer than five chose")),
    "analysis": (_("When I order, what kinds of things, and for how much"),
                 _("to estimate how often customers come back, and what they could need next"))}
"""What is remembered and for which purpose (of remembered.PURPOSES), as customers are asked for it,"""
USES_OF_CLIENTS = {
    "proposals": (_("Their measures, orders and choices"), _("to propose answers to them")),
    "experience": (_("Their choices, without their name"),
                   _("to propose answers to others; never their texts, and nothing that fewer than five chose")),
    "analysis": (_("When they order, what kinds of things, and for how much"), USES["analysis"][1])}
"""and as a rep asks them."""


def one_line(_form: Form, field: StringField) -> None:
    """Whoever reads what was entered sees all of it, in one line."""
    text = field.data or ""
    if hidden(text) is not None or len(text.splitlines()) > 1:
        raise ValidationError(_("Only letters, digits and signs can be kept."))


def _strip(text: str | None) -> str:
    return (text or "").strip()


def _email(asked: bool = True, offers: str = "email") -> EmailField:
    return EmailField(_("E-mail") if asked else _("E-mail (optional)"), filters=[_strip], validators=[
        InputRequired(_("Enter an e-mail address.")) if asked else Optional(), Length(max=254),
        Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Write it like name@example.org."))],
        render_kw={"autocomplete": offers, "spellcheck": "false"})


def _name(offers: str = "name") -> StringField:
    """What the browser `offers`: of who enters it, so "off" where that is somebody else."""
    return StringField(_("Name"), filters=[_strip], validators=[
        DataRequired(_("Enter a name.")), Length(max=200, message=_("A name has at most %(max)d characters.")),
        one_line],
        render_kw={"autocomplete": offers})


def _phone(offers: str = "tel") -> StringField:
    return StringField(_("Telephone (optional)"), filters=[_strip], validators=[
        Optional(), Length(max=40),
        Regexp(r"[0-9+ ()/.-]*$", message=_("A telephone number has digits, +, spaces and - ( ) / ."))],
        render_kw={"autocomplete": offers, "type": "tel"})


def _company() -> StringField:
    return StringField(_("Company (optional)"), filters=[_strip], validators=[
        Optional(), Length(max=200, message=_("A name has at most %(max)d characters.")), one_line],
        render_kw={"autocomplete": "off"})


def _new_password(label: str) -> PasswordField:
    return PasswordField(label, description=_("At least %(least)d characters; a sentence is easy to keep in mind.",
                                              least=SHORTEST),
                         validators=[InputRequired(_("Enter a password.")),
                                     Length(SHORTEST, LONGEST, _("A password has %(min)d to %(max)d characters."))],
                         render_kw={"autocomplete": "new-password"})


def _password(label: str) -> PasswordField:
    return PasswordField(label, validators=[InputRequired(_("Enter your password."))],
                         render_kw={"autocomplete": "current-password"})


def _percent(label: str) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(_("Enter a number.")), NumberRange(
        1, 99, _("Enter a number from %(min)d to %(max)d."))], render_kw={"inputmode": "numeric"})


class LoginForm(FlaskForm):
    email = _email()
    password = _password(_("Password"))


class SignUpForm(FlaskForm):
    name = _name()
    email = _email()
    phone = _phone()
    password = _new_password(_("Password"))
    allowed = SelectMultipleField(_("What we may use"), choices=lambda: [
        (purpose, f"{what}, {why}") for purpose, (what, why) in USES.items()],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))


class ProfileForm(FlaskForm):
    name = _name()
    phone = _phone()
    locale = SelectField(_("Numbers and dates"), description=_("As they are written in this language or country."))


class EmailForm(FlaskForm):
    email = _email()
    current = _password(_("Password"))


class PasswordForm(FlaskForm):
    current = _password(_("Present password"))
    password = _new_password(_("New password"))
    again = PasswordField(_("New password, again"), render_kw={"autocomplete": "new-password"},
                          validators=[EqualTo("password", _("The two new passwords differ."))])


class ClientForm(FlaskForm):
    name = _name("off")
    company = _company()
    phone = _phone("off")
    email = _email(asked=False, offers="off")


class PeriodForm(Form):
    """A period to look at, and what is assumed of it: asked for by GET, so nothing has to be protected."""

    since = DateField(_("From"), validators=[InputRequired(_("Enter a day."))])
    until = DateField(_("Until"), validators=[InputRequired(_("Enter a day."))])
    service = _percent(_("Served at once, of 100"))
    material = _percent(_("Parts, per cent of the price"))
    finished = _percent(_("A finished piece, per cent of the price"))

    def validate_until(self, field: DateField) -> None:
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("The period ends before it begins."))
