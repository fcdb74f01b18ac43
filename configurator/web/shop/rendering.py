"""The configuring page as it is sent: what it is given, and its questions as they were written before."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask import current_app, get_template_attribute, render_template, request, url_for
from flask_babel import get_locale
from jinja2 import Environment
from markupsafe import Markup

from catalog.wording import title
from configurator.drafts.progress import progress_of
from configurator.limits import today
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.memory import whom
from configurator.web.quotes.quotable import quotes_for
from configurator.web.shop import links, present, standing
from configurator.web.shop.acts import moved, shown
from configurator.web.shop.answers import counted
from configurator.web.shop.became import of_draft
from configurator.web.shop.limiting import BY, MOST, fields
from configurator.web.shop.questions import Problem, Question
from orders.records import Revision

WRITTEN = 2_000
"""Questions that are remembered as they were written."""


def rendered(draft: Draft, problems: dict[str, Problem], swapped: bool = False) -> str:
    """The configuring page; without its frame if it is to be swapped into the page that is open."""
    progress = progress_of(session, draft)
    revision = session.get(Revision, draft.revision_id) if draft.revision_id else None
    link = f"{url_for('.link', slug=progress.model.name, _external=True)}?{links.query(progress)}"
    group = in_view()
    if not problems:  # what was refused stays in sight
        group = request.form.get("go", group, type=counted)
    page = present.page(progress, group, problems, request.args.get("why", ""), "ranges" in request.args)
    limited = kept = fields(progress.limits, page.offer.price.currency)
    if problems and BY in request.form:  # what was typed stays
        limited = request.form.get(MOST, ""), request.form[BY]
    limiting = limited != kept or "limit" in request.form or (
        bool(progress.limits) and request.form.get("answer") == "enter")
    return render_template("shop/configure.html", page=page, draft=draft, **quotes_for(draft), progress=progress,
                           link=link, revision=revision, became=of_draft(draft), problems=problems,
                           whom=whom.asked(draft), room=standing.view(
                               progress, request.form if problems else {}), shown=shown(progress),
                           moved=moved(progress, request.form), swapped=swapped, asked=_asked, limited=limited,
                           limits_were=" ".join(kept), limiting=limiting, today=today(), title=title)


def _asked(question: Question, section: int, currency: str) -> Markup:
    return written(current_app.jinja_env, get_locale(), question, section, currency)


@lru_cache(WRITTEN)
def written(_: Environment, __: Locale | None, question: Question, section: int, currency: str) -> Markup:
    """A question in the words of an application and a language: most of a page's are as they were before a click."""
    words: Markup = get_template_attribute("shop/questions.html", "question")(question, section, currency)
    return words


def in_view() -> int | None:
    """The page of questions that the address asks for."""
    return request.args.get("group", type=counted)
