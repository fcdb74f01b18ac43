"""Why a value is proposed, or left to the customer, in words."""

from __future__ import annotations

from catalog.model import Characteristic, Number, ProductModel
from catalog.nodes import Answer
from catalog.wording import title
from configurator.memory import Reason
from configurator.web.formatting import month
from configurator.web.phrases import gettext as _
from configurator.web.shop.answers import say


def remembered(reason: Reason, model: ProductModel, name: str, value: Answer) -> str:
    """Why a value of a characteristic is proposed."""
    characteristic = model[name]
    match reason.kind:
        case "feedback":
            return _as_asked(reason, characteristic, value)
        case "judged" if _is_more(characteristic, value, reason.made):
            return _("%(count)d of %(total)d found %(made)s too small", **_judged(reason, characteristic))
        case "judged":
            return _("%(count)d of %(total)d found %(made)s too large", **_judged(reason, characteristic))
        case "own":
            return _own(reason)
        case "others":
            return _of_others(reason, model)
        case "fact":
            return _("as you told us (%(source)s)", source=reason.source)
        case "fits" if reason.made not in (None, value):
            return _gave_way(reason, characteristic)
    return _by_kind(reason)


def _by_kind(reason: Reason) -> str:
    """The reasons whose kind says all there is; what follows from the choices is said elsewhere."""
    match reason.kind:
        case "standard":
            return _("we suggest it")
        case "fits":
            return _("it fits the rest")
        case "succeeds":
            return _("it stands in for what it was")
        case "cheapest":
            return _("so it costs least")
        case "quickest":
            return _("so it is ready first")
    return ""


def _own(reason: Reason) -> str:
    """What somebody ordered themself."""
    if reason.count == reason.total > 1:
        return _("in all of your %(total)d orders", total=reason.total)
    if reason.last:
        return _("as in your last order")
    return _("in %(count)d of your %(total)d orders", count=reason.count, total=reason.total)


def _of_others(reason: Reason, model: ProductModel) -> str:
    """What others ordered, as far as that may be told."""
    if reason.made is not None and reason.given in model:
        return _("%(count)d of %(total)d with %(mark)s (%(what)s) choose it", count=reason.count,
                 total=reason.total, mark=say(model[reason.given], reason.made), what=title(model[reason.given]))
    if reason.count == reason.total > 1:
        return _("everybody chooses it")
    if reason.total:
        return _("%(share)d in 100 choose it", share=min(round(100 * reason.count / reason.total), 99))
    return _("others choose it")


def _as_asked(reason: Reason, characteristic: Characteristic, value: Answer) -> str:
    """What somebody said of what was made for them, and when: 1 cm more, as you asked in May."""
    made = reason.made
    if made is None or made == value:
        return _("it was right the last time")
    if not isinstance(characteristic, Number):
        said = _("instead of %(made)s", made=say(characteristic, made))
    elif _is_more(characteristic, value, made):
        said = _("%(apart)s more", apart=say(characteristic, abs(int(str(value)) - int(str(made)))))
    else:
        said = _("%(apart)s less", apart=say(characteristic, abs(int(str(value)) - int(str(made)))))
    if reason.on is None:
        return _("%(what)s, as you asked", what=said)
    return _("%(what)s, as you asked in %(month)s", what=said, month=month(reason.on))


def _gave_way(reason: Reason, characteristic: Characteristic) -> str:
    assert reason.made is not None
    return _("instead of %(made)s, to fit the rest", made=say(characteristic, reason.made))


def _judged(reason: Reason, characteristic: Characteristic) -> dict[str, int | str]:
    made = "" if reason.made is None else say(characteristic, reason.made)
    return {"count": reason.count, "total": reason.total, "made": made}


def _is_more(characteristic: Characteristic, value: Answer, made: Answer | None) -> bool:
    """Whether a value comes after another one in the order of the catalogue."""
    if isinstance(characteristic, Number):
        return isinstance(made, int) and isinstance(value, int) and value > made
    names: list[Answer | None] = [option.name for option in characteristic.options]
    return value in names and made in names and names.index(value) > names.index(made)


def left_open(reason: Reason, characteristic: Characteristic, value: Answer) -> str:
    """Why a value is left to the customer, though one is shown."""
    match reason.kind:
        case "feedback" if reason.made == value:
            return _("it was right the last time, but that was some time ago")
        case "feedback":
            return _("it was not right the last time")
        case "judged":
            return _("what others had was often not right")
        case "own":
            return _("your orders do not agree on this one")
        case "fact":
            return _("this may have changed since you told us (%(source)s)", source=reason.source)
        case "others":
            return _("others choose differently")
        case "fits" if reason.made not in (None, value):
            return _gave_way(reason, characteristic)
    return _("as you like it") if characteristic.about == "product" else _("only you know")
