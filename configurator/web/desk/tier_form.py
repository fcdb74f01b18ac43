"""The shapes of what is written down about tiers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from configurator.web.forms import one_line

MOST = 1_000_000


def _count(label: str, description: str = "", least: int = 0, most: int = MOST) -> IntegerField:
    return IntegerField(label, description=description, validators=[InputRequired(_("Enter a number.")), NumberRange(
        least, most, _("Enter a number from %(min)d to %(max)d."))], render_kw={"inputmode": "numeric"})


class TierForm(FlaskForm):
    """A tier: its rule, and what one gets."""

    name = StringField(_("Name"), description=_("Customers read it."), validators=[
        DataRequired(_("Enter a name.")), Length(max=60), one_line])
    orders = _count(_("Orders, at least"))
    bought = _count(_("Bought for, at least"), _("In whole units of the shop's currency."))
    kinds = _count(_("Kinds of things, at least"))
    months = _count(_("Within so many months"), least=1, most=240)
    contact = SelectField(_("Somebody to call"), coerce=int)
    priority = BooleanField(_("Made first among what is promised for the same day"))
    changes = _count(_("Changes after release without a charge, in a year"), most=100)
    remakes = _count(_("Pieces made again without a charge, whatever the reason, in a year"),
                     _("Otherwise they cost as much as any, unless the workshop finds that the fault was yours."),
                     most=100)
    words = TextAreaField(_("What else they get"), description=_("As they read it."), validators=[Length(max=500)])


class PutForm(FlaskForm):
    """Into which tier a client is put by hand, and why."""

    tier = SelectField(_("Tier"), coerce=int)
    word = StringField(_("Why"), validators=[DataRequired(_("Say why, in a few words.")), Length(max=300), one_line])
