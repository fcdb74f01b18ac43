"""What the buttons of the configuring page do: a form's fields read, the act done, refusals put into words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from catalog.nodes import Answer
from catalog.wording import title
from configurator.drafts import steps
from configurator.drafts.progress import Progress, limits_of, progress_of
from configurator.engine import Impossible, Undecided
from configurator.engines import engine_of
from configurator.measured import unmeasured
from configurator.memory import Start
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.shop import standing
from configurator.web.shop.answers import FIELD, Unread, changed, entered, raw, unpack
from configurator.web.shop.limiting import entered as limits_entered
from configurator.web.shop.limiting import least, limit
from configurator.web.shop.questions import Problem, refusal
from configurator.web.shop.reasons import Reasons
from configurator.web.shop.sections import section_names
from configurator.web.shop.starting import STARTS

BACKWARDS = {"undo": steps.undo, "redo": steps.redo, "start_over": steps.start_over}
"""Acts that leave aside what was answered on the page besides."""
MOST_SAID = 6
"""Changes that are told by name."""


def shown(progress: Progress) -> str:
    """What the page shows besides the choices, as its form carries it: `moved` compares with it."""
    chosen = progress.configuration.choices
    return json.dumps({name: raw(answer) for name, answer in progress.values.items() if name not in chosen})


def moved(progress: Progress, form: MultiDict[str, str]) -> str:
    """Says what an act changed though nobody answered it: it had to give way, or is proposed anew."""
    try:
        before = dict(json.loads(form.get("shown", "")))
    except (ValueError, TypeError, RecursionError):
        return ""
    chosen = progress.configuration.choices
    names = [title(progress.model[name]) for name, answer in progress.values.items()
             if name in before and name not in chosen and before[name] != raw(answer)]
    if not names or BACKWARDS.keys() & form.keys():
        return ""
    if len(names) > MOST_SAID:
        names[MOST_SAID:] = [_("%(count)s more", count=len(names) - MOST_SAID)]
    return _("Also changed: %(names)s.", names=", ".join(names))


def perform(draft: Draft, form: MultiDict[str, str], group: int | None) -> dict[str, Problem]:
    """Does what the pressed button says, after the answers that were changed; returns what was refused, by name.

    `group` is the section in view.
    """
    for button, act in BACKWARDS.items():
        if button in form:
            act(draft)
            return {}
    problems = _answer(draft, form)
    try:
        return problems | _pressed(draft, form, group)
    except Undecided:
        return problems | {"": _late()}


def started(form: MultiDict[str, str]) -> Start:
    """Which whole product to start from; as the customer is known, if it is none that there is."""
    return next((start for start in STARTS if start == form.get("start")), "known")


def _pressed(draft: Draft, form: MultiDict[str, str], group: int | None) -> dict[str, Problem]:
    model = engine_of(draft.version).model
    if form.get("retract") in model:
        steps.retract(session, draft, form["retract"])
    elif "keep" in form or "keep_all" in form:
        steps.keep(session, draft, [form["keep"]] if "keep" in form else _proposals(draft, group))
    elif "propose_anew" in form:
        steps.propose_anew(session, draft)
    elif "start" in form:
        steps.propose_anew(session, draft, started(form))
    elif "repair" in form:
        return _repair(draft, form["repair"])
    elif "limit" in form or ("answer" in form and limits_entered(form)):
        return limit(draft, form)
    elif form.keys() & {"stand", "stand_fitting", "stand_out"}:
        return standing.act(draft, form)
    elif "lift" in form:
        steps.limit(session, draft, replace(limits_of(draft), most=None, by=None))
    elif "cheapest" in form:
        return least(draft, "cheapest")
    elif "quickest" in form:
        return least(draft, "quickest")
    return {}


def _proposals(draft: Draft, group: int | None) -> list[str]:
    """What a section proposes, but for guesses about a person or a place: those are kept one by one."""
    progress = progress_of(session, draft)
    guesses = unmeasured(session, progress)
    return [name for name in section_names(progress, group) if name not in guesses]


def _answer(draft: Draft, form: MultiDict[str, str]) -> dict[str, Problem]:
    model = engine_of(draft.version).model
    answers: dict[str, Answer] = {}
    problems: dict[str, Problem] = {}
    for name, texts in changed(model, form).items():
        try:
            answers[name] = entered(model[name], texts)
        except Unread as unread:
            problems[name] = Problem(str(unread), tuple(texts))
    try:
        refused = steps.answer(session, draft, answers) if answers else {}
    except Undecided:
        return problems | {name: _late(form.getlist(FIELD + name)) for name in answers}
    return problems | {name: _refused(draft, impossible) for name, impossible in refused.items()}


def _repair(draft: Draft, packed: str) -> dict[str, Problem]:
    try:
        name, answers, give_up = unpack(engine_of(draft.version).model, packed)
        steps.repair(session, draft, name, answers, give_up)
    except Unread as unread:
        return {"": Problem(str(unread))}
    except Impossible as impossible:
        return {name: _refused(draft, impossible)}
    return {}


def _late(typed: Sequence[str] = ()) -> Problem:
    """What is undecided is not refused: it may fit."""
    return Problem(_("Whether this fits could not be worked out in time: it was left as it was. Answer something else "
                     "first, or try again."), tuple(typed))


def _refused(draft: Draft, impossible: Impossible) -> Problem:
    """In the words of the rules, as they stand now."""
    progress = progress_of(session, draft)
    characteristic = progress.model[impossible.name]
    domain = progress.configuration.alternatives(impossible.name)
    sentences = Reasons(progress).sentences(impossible.explanation)
    return Problem(" ".join([*standing.instead(progress, impossible),
                             refusal(characteristic, domain, impossible.value, sentences)]))
