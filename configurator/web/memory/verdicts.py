"""What is said of a product that was made: as the fields of a form, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from catalog.model import Boolean, Characteristic, Number, ProductModel, Several
from catalog.nodes import Answer, Values
from catalog.wording import title
from configurator.engine import NumberDomain
from configurator.web.shop.answers import PLAIN, Unread, bounds, own_unit, raw, read, say, typed
from orders.memory.feedback import words_for
from orders.memory.verdict import LONGEST_WHY, TooLong, Verdict

SAID, APART, RATHER, WHY = "said.", "by.", "rather.", "why."
"""Before the name of a characteristic: the fields with what is said of it, by how much it was wrong, what they would
rather have, and why.
"""


@dataclass(frozen=True)
class Field:
    """One value as it is asked about: what can be said of it, and what is filled in already."""

    id: str
    name: str
    title: str
    made: str
    words: tuple[tuple[str, str], ...]
    said: str
    unit: str | None  # of a number: what `apart` is in
    apart: str
    options: tuple[tuple[str, str], ...]  # what they could have had instead
    several: bool
    rather: tuple[str, ...]
    why: str
    problem: str


def fields(characteristics: Iterable[Characteristic], made: Values, form: Mapping[str, str] | MultiDict[str, str],
           problems: Mapping[str, str], first: int = 1) -> list[Field]:
    """The fields, filled in from a form as it was sent; their ids are numbered from `first`."""
    return [_field(f"j{number}", characteristic, made[characteristic.name], MultiDict(form), problems)
            for number, characteristic in enumerate(characteristics, first)]


def _field(id_: str, characteristic: Characteristic, made: Answer, form: MultiDict[str, str],
           problems: Mapping[str, str]) -> Field:
    name, several = characteristic.name, isinstance(characteristic, Several)
    others = () if isinstance(characteristic, Boolean) else tuple(
        (value.name, title(value)) for value in characteristic.options if several or value.name != made)
    unit = (characteristic.shown or characteristic.unit) if isinstance(characteristic, Number) else None
    return Field(
        id_, name, title(characteristic), say(characteristic, made),
        tuple((word, _button(word, characteristic, made)) for word in words_for(characteristic)),
        form.get(SAID + name, ""), unit, form.get(APART + name, ""), others, several,
        tuple(form.getlist(RATHER + name) or (raw(made) if several else ())), form.get(WHY + name, ""),
        problems.get(name, ""))


def _button(word: str, characteristic: Characteristic, made: Answer) -> str:
    if word == "other" and isinstance(characteristic, Boolean):
        return _("Rather %(value)s", value=say(characteristic, not made))
    return {"right": _("Right"), "small": _("Too small"), "large": _("Too large"), "other": _("Rather another")}[word]


def filled(model: ProductModel, made: Values, verdicts: Mapping[str, Verdict]) -> MultiDict[str, str]:
    """The form as it would have been sent to say this."""
    form: MultiDict[str, str] = MultiDict()
    for name, verdict in verdicts.items():
        form[SAID + name], form[WHY + name] = verdict.said, verdict.why
        if isinstance(verdict.rather, int) and isinstance(model[name], Number):
            form[APART + name], = typed(model[name], abs(verdict.rather - int(str(made[name]))))
        elif verdict.rather is not None:
            form.setlist(RATHER + name, raw(verdict.rather))
    return form


def spoken(model: ProductModel, made: Values, form: MultiDict[str, str]) -> tuple[dict[str, Verdict], dict[str, str]]:
    """What the fields say, by name; and what of it cannot be, in words."""
    verdicts: dict[str, Verdict] = {}
    problems: dict[str, str] = {}
    for characteristic in model.characteristics:
        name = characteristic.name
        try:
            if form.get(SAID + name):
                verdicts[name] = _spoken(characteristic, made[name], form)
            elif form.get(APART + name) or form.get(WHY + name):
                raise Unread(_("Say whether it was right, too."))
        except Unread as unread:
            problems[name] = str(unread)
        except TooLong:
            problems[name] = _("Say why in at most %(most)d letters, digits and signs.", most=LONGEST_WHY)
    return verdicts, problems


def _spoken(characteristic: Characteristic, made: Answer, form: MultiDict[str, str]) -> Verdict:
    """Raises Unread for what they cannot have had instead; TooLong."""
    name = characteristic.name
    said, why = form[SAID + name], form.get(WHY + name, "")
    if said not in words_for(characteristic):
        raise Unread(_("Choose one of these."))
    if said == "right":
        return Verdict("right", None, why)
    if isinstance(characteristic, Number):
        away = form.get(APART + name, "").strip()
        return Verdict(said, _apart(characteristic, int(str(made)), said, away) if away else None, why)
    rather: Answer | None = not made if isinstance(characteristic, Boolean) else None
    sent = form.getlist(RATHER + name)
    if characteristic.options and not isinstance(characteristic, Boolean) and (
            any(sent) or isinstance(characteristic, Several)):
        rather = read(characteristic, sent)
    return Verdict(said, None if rather == made else rather, why)


def _apart(characteristic: Number, made: int, said: str, text: str) -> int:
    """What a number should have been that was wrong by so much; raises Unread."""
    sent, span = own_unit(characteristic, text), characteristic.range
    if not PLAIN.fullmatch(sent) or Fraction(sent) <= 0:
        raise Unread(_("Enter by how much: %(step)s, for example.", step=say(characteristic, characteristic.step)))
    wished = made + Fraction(sent) * (1 if said == "small" else -1)
    if wished in span:
        return int(wished)
    near = NumberDomain([(span[0], span[-1])], characteristic.step).nearest(round(wished))
    message = _("It is made from %(bounds)s, in steps of %(step)s.", bounds=bounds(characteristic, span[0], span[-1]),
                step=say(characteristic, characteristic.step))
    if near != made:
        message += " " + _("The nearest is %(value)s, by %(apart)s.", value=say(characteristic, near),
                           apart=say(characteristic, abs(near - made)))
    raise Unread(message)


def words(characteristic: Characteristic, made: Answer, verdict: Verdict) -> str:
    """What was said of a value, in the reader's words."""
    rather = verdict.rather
    if isinstance(characteristic, Number) and verdict.said in ("small", "large"):
        apart = say(characteristic, abs(int(str(rather)) - int(str(made)))) if rather is not None else ""
        if verdict.said == "small":
            return _("too small by %(apart)s", apart=apart) if apart else _("too small")
        return _("too large by %(apart)s", apart=apart) if apart else _("too large")
    if verdict.said == "right":
        return _("right")
    return _("rather %(value)s", value=say(characteristic, rather)) if rather is not None else _("rather another")


def wrong(model: ProductModel, verdicts: Mapping[str, Verdict]) -> Iterator[tuple[Characteristic, Verdict]]:
    """What was not right, in the order of the catalogue."""
    return ((c, verdicts[c.name]) for c in model.characteristics
            if c.name in verdicts and verdicts[c.name].said != "right")
