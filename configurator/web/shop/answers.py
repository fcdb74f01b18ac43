"""Answers as forms and links carry them. What can be read here may still be impossible: that the engine says."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from babel.numbers import NumberFormatError, parse_decimal
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from catalog.model import Boolean, Characteristic, Number, ProductModel, Several, Text, from_plain, to_plain
from catalog.nodes import Answer
from catalog.units import convert
from catalog.wording import title
from configurator.engine import Domain, NumberDomain, TextDomain
from configurator.web.formatting import MINUS, measure, number
from configurator.web.phrases import gettext as _

FIELD, WAS = "a.", "was."
"""Before the name of a characteristic: the field with its answer, and the hidden one with what the page showed."""
CHOSEN, SHOWN = "c.", "p."
"""The same in links: what was chosen, and what was proposed besides."""
WHOLE = re.compile(r"-?\d{1,10}", re.ASCII)
"""A whole number as forms and addresses carry it: no 1_0, no digits of other scripts."""
PLAIN = re.compile(r"-?\d{1,18}(/[1-9]\d{0,8})?", re.ASCII)
"""A number that costs nothing to compute with: 8e999999999 would fill the memory."""
LARGEST = 20
"""Digits before the point, or zeros behind it, of a number that is entered: 1e999999 would fill the memory, too."""
MEASURE = re.compile(r"([+-]?[\d.,' \u00a0\u202f]{1,24}?)(\D{0,12})", re.ASCII)
"""A number as people write it, and perhaps its unit."""
MOST_SAID = 6
"""Values that are told one by one."""


class Unread(ValueError):
    """What was sent is no answer; the message tells a customer what would be one."""


def counted(text: str) -> int:
    """A whole number in plain digits that a database can hold; raises ValueError for any other text."""
    if not WHOLE.fullmatch(text.strip()) or abs(int(text)) >= 1 << 31:
        raise ValueError(f"{text[:80]!r} is no whole number, or too large")
    return int(text)


def raw(answer: Answer) -> list[str]:
    """An answer as the fields of a form, independent of the reader's language."""
    if isinstance(answer, frozenset):
        return sorted(answer)
    return [("yes" if answer else "no") if isinstance(answer, bool) else str(answer)]


def read(characteristic: Characteristic, texts: Sequence[str]) -> Answer:
    """The inverse of `raw`; raises Unread for what the characteristic can never be."""
    text = texts[0] if texts else ""
    answer: Answer = unicodedata.normalize("NFC", text)
    if isinstance(characteristic, Several):
        answer = frozenset(filter(None, texts))
    elif isinstance(characteristic, Boolean):
        answer = {"yes": True, "no": False}.get(text, text)
    elif isinstance(characteristic, Number):
        answer = int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else text
    if not characteristic.admits(answer):
        raise Unread(_expected(characteristic, answer))
    return answer


def entered(characteristic: Characteristic, texts: Sequence[str]) -> Answer:
    """What a person entered: as `read`, but numbers are in the reader's locale and in the unit shown."""
    return read(characteristic, [own_unit(characteristic, texts[0] if texts else "")]
                if isinstance(characteristic, Number) else texts)


def typed(characteristic: Characteristic, answer: Answer) -> list[str]:
    """What the fields of a form hold so that `entered` reads the answer."""
    if isinstance(characteristic, Number) and isinstance(answer, int):
        return [number(_shown(characteristic, answer), grouped=False)]
    return raw(answer)


def changed(model: ProductModel, form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was sent for the characteristics whose fields differ from what the page had shown."""
    sent = {field.removeprefix(WAS): (form.getlist(FIELD + field.removeprefix(WAS)), was)
            for field, was in form.items() if field.startswith(WAS)}
    return {name: texts for name, (texts, was) in sent.items() if name in model and json.dumps(texts) != was}


def was(characteristic: Characteristic, answer: Answer | None) -> str:
    """What the hidden field says; of None: nothing was marked."""
    texts = [] if answer is None else typed(characteristic, answer)
    if isinstance(answer, frozenset):
        texts = [value.name for value in characteristic.options if value.name in answer]  # as the browser sends them
    return json.dumps(texts)


def unpack(model: ProductModel, text: str) -> tuple[str, dict[str, Answer], list[str]]:
    """What a button asks for: its characteristic, the values to set and the choices to give up; Unread for nonsense."""
    try:
        wanted = json.loads(text)
        answers = from_plain(wanted["set"])
        name, give_up = wanted["name"], [other for other in wanted["give_up"] if other in model]
        known = all(other in model and model[other].admits(value) for other, value in answers.items())
        if name not in answers or not known:
            raise ValueError(name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unread(_("This button is of another page: look at what it offers now.")) from error
    return name, answers, give_up


def pack(name: str, answers: Mapping[str, Answer], give_up: Sequence[str]) -> str:
    """The inverse of `unpack`."""
    return json.dumps({"name": name, "set": to_plain(answers), "give_up": list(give_up)})


def say(characteristic: Characteristic, answer: Answer) -> str:
    """An answer in the reader's words."""
    if isinstance(characteristic, Boolean):
        return (characteristic.yes.title or _("yes")) if answer else _("no")
    if isinstance(characteristic, Number) and isinstance(answer, int):
        return measure(answer, characteristic.unit, characteristic.shown)
    if characteristic.options:
        return ", ".join(title(value) for value in characteristic.chosen(answer)) or _("none")
    return str(answer) or _("nothing")


def bounds(characteristic: Number, least: int, most: int) -> str:
    """60 to 105 cm."""
    if least == most:
        return say(characteristic, least)
    return _("%(least)s to %(most)s", least=number(_shown(characteristic, least)), most=say(characteristic, most))


def possible(characteristic: Characteristic, domain: Domain) -> str:
    """What can still be: 60 to 105 cm, with gaps; Steel, Carbon."""
    if isinstance(characteristic, Number) and isinstance(domain, NumberDomain):
        words = bounds(characteristic, domain.intervals[0][0], domain.intervals[-1][1])
        return _("%(bounds)s, with gaps", bounds=words) if len(domain.intervals) > 1 else words
    if isinstance(characteristic, Text) and isinstance(domain, TextDomain):
        return _("%(least)d to %(most)d characters", least=min(domain.sizes), most=max(domain.sizes))
    if isinstance(characteristic, Boolean):
        return ", ".join(say(characteristic, value) for value in domain)
    titles = [title(value) for value in characteristic.options if value.name in domain]
    if len(titles) > MOST_SAID:
        titles[MOST_SAID:] = [_("%(count)s more", count=len(titles) - MOST_SAID)]
    return ", ".join(titles)


def _shown(characteristic: Number, exact: int) -> Fraction:
    return convert(exact, characteristic.unit, characteristic.shown or characteristic.unit)


def own_unit(characteristic: Number, text: str) -> str:
    """The digits of the number entered, in the characteristic's own unit; what is no number is left as it is.

    It is in the unit shown, unless another one that belongs to it is written behind it: 2.4 m.
    """
    found = MEASURE.fullmatch(text.strip().replace(MINUS, "-"))
    if not found:
        return text
    unit = found[2].strip() or characteristic.shown or characteristic.unit
    try:
        return str(convert(Fraction(decimal(found[1])), unit, characteristic.unit))
    except ValueError:
        return text


def decimal(text: str) -> Decimal:
    """A number as it is written in the reader's locale; raises ValueError for anything else, and for what is too large,
    or too small, to reckon with.
    """
    try:
        found = parse_decimal(text, locale=get_locale() or "en", strict=True)
    except NumberFormatError:  # 82,5 where 82.5 is usual
        try:
            found = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(f"{text[:80]!r} is no number") from error
    if not (found.is_finite() and abs(found.adjusted()) <= LARGEST):
        raise ValueError(f"{text[:80]!r} is no number to reckon with")
    return found


def minor(text: str, places: int, most: int) -> int:
    """A number of so many decimal places as a whole number of the last one: cents of euros. Raises ValueError for one
    with more of them, below 0 or beyond `most`.
    """
    found = decimal(text.strip()) * 10**places
    if not 0 <= found <= most or found != int(found):
        raise ValueError(f"{text[:80]!r} is no number from 0 on with {places} decimal places")
    return int(found)


def _expected(characteristic: Characteristic, answer: Answer) -> str:
    if isinstance(characteristic, Number):
        return _number_expected(characteristic, answer)
    if isinstance(characteristic, Text):
        return _text_expected(characteristic, str(answer))
    if isinstance(characteristic, Several):
        return _("Choose %(least)d to %(most)d of these.", least=characteristic.least, most=characteristic.limit)
    return _("%(what)s has no such value.", what=title(characteristic))


def _number_expected(characteristic: Number, answer: Answer) -> str:
    span = characteristic.range
    message = _("Enter a number: %(bounds)s, in steps of %(step)s.", bounds=bounds(characteristic, span[0], span[-1]),
                step=say(characteristic, characteristic.step))
    if not PLAIN.fullmatch(str(answer)):
        return message
    near = NumberDomain([(span[0], span[-1])], characteristic.step).nearest(round(Fraction(str(answer))))
    return message + " " + _("The nearest is %(value)s.", value=say(characteristic, near))


def _text_expected(characteristic: Text, text: str) -> str:
    strange = "".join(dict.fromkeys(sign for sign in text if not characteristic.allows(sign)))
    if strange:
        return _("This cannot be written here: %(signs)s", signs=" ".join(strange[:20]))
    return _("Write %(least)d to %(most)d characters; this has %(size)d.", least=characteristic.least,
             most=characteristic.most, size=len(text))
