"""What the configuring page is given: plain data, every reason and price worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from catalog.model import Boolean, ProductModel
from catalog.nodes import Values
from catalog.picture import caption, draw
from catalog.pricing import has_prices
from catalog.wording import title
from configurator.drafts.progress import Progress, State
from configurator.drafts.steps import last_step
from configurator.limits import cost
from configurator.web.shop.answers import say
from configurator.web.shop.questions import Asked, Problem, Question
from configurator.web.shop.reasons import Reasons
from configurator.web.shop.sections import Section, question_id, section_names, section_of, sections
from orders.promises import Offer, offered

PICTURE = "picture"
"""The id of the drawing, so that the dock can show it again."""


@dataclass(frozen=True)
class Next:
    """The next question that is left to the customer."""

    title: str
    section: int
    id: str
    left: int


@dataclass(frozen=True)
class Page:
    """The configuring page."""

    title: str
    sections: tuple[Section, ...]
    section: Section
    questions: tuple[Question, ...]
    counts: Mapping[State, int]
    offer: Offer
    picture: Markup
    caption: str
    next: Next | None
    open: tuple[tuple[str, str], ...]
    undo: str | None
    redo: str | None
    priced: bool
    ordered: bool  # whether something is proposed as the customer ordered it before
    remaining: tuple[int, int] | None  # values that the limits leave, of so many that would fit without them


def page(progress: Progress, group: int | None, problems: Mapping[str, Problem], why: str = "",
         ranges: bool = False) -> Page:
    """The page with the questions of one group in view (numbered from 1), or of the first where one is open.

    `why` is the id of a question or of an option: a long list of what does not fit is explained for that question
    alone, and a single value closely. `ranges`: each value in view says what the whole can cost with it.
    """
    model = progress.model
    if group:  # first what is in view: whatever shows that shows most of what can be said of the rest
        progress.configuration.domains(section_names(progress, group))
    groups = sections(progress)
    first = section_of(progress, progress.questions[0]) if progress.questions else 1
    section = groups[min(max(group or first, 1), len(groups)) - 1]
    draft = progress.draft
    return Page(
        title(model), groups, section, tuple(_questions(progress, section, problems, why, ranges)),
        {state: sum(section.states.count(state) for section in groups) for state in get_args(State)},
        offered(model, progress.values, progress.supply), picture(model, progress.values, PICTURE),
        caption(model, progress.values), _next(progress, section, first),
        tuple((title(model[name]), say(model[name], progress.values[name]))
              for group in groups for name, state in zip(group.names, group.states, strict=True) if state == "open"),
        _act(progress, 0) if draft.position else None,
        _act(progress, 1) if draft.position + 1 < len(draft.history) else None, has_prices(model),
        any(reason.kind == "own" for reason in progress.proposed.reasons.values()),
        _remaining(progress) if progress.limits and progress.within else None)


def picture(model: ProductModel, values: Values, identity: str = "") -> Markup:
    """The drawing; empty if there is none. Every text in it is escaped where it is drawn."""
    return Markup(draw(model, values, identity))  # noqa: S704 - as it says


def _act(progress: Progress, ahead: int) -> str:
    name = last_step(progress.draft, ahead)
    return title(progress.model[name]) if name is not None and name in progress.model else ""


def _next(progress: Progress, section: Section, elsewhere: int) -> Next | None:
    """The first question left on the page in view, from its top; then the one that matters most, `elsewhere`."""
    if not progress.questions:
        return None
    here = [name for name in section.names if name in progress.questions]
    name, number = (here[0], section.number) if here else (progress.questions[0], elsewhere)
    return Next(title(progress.model[name]), number, question_id(progress, name), len(progress.questions))


def _remaining(progress: Progress) -> tuple[int, int]:
    """How many values with a name can be chosen within the limits, and without them, of what is not chosen yet."""
    names = [c.name for c in progress.model.characteristics
             if (c.options or isinstance(c, Boolean)) and c.name not in progress.configuration.choices]
    inside, outside = (sum(len(c.domain(name)) for name in names)
                       for c in (progress.configuration, progress.configuration.limited(())))
    return inside, outside


def _questions(progress: Progress, section: Section, problems: Mapping[str, Problem], why: str,
               ranges: bool) -> Iterator[Question]:
    reasons, model = Reasons(progress), progress.model
    valued = [name for name in section.names if model[name].options or isinstance(model[name], Boolean)]
    found = progress.any_price.ranges(cost(model), valued) if ranges else {}
    progress.configuration.domains(section.names)  # together, for each alone would take longer
    for number, name in enumerate(section.names, 1):
        asked = Asked(progress, reasons, name, question_id(progress, name), why, found.get(name))
        yield asked.question(f"{section.number}.{number}", problems.get(name))
