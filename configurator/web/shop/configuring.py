"""The shop: products, and configuring one of them."""

from __future__ import annotations

from functools import partial
from typing import TypedDict

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from catalog.nodes import Values
from catalog.records import Product, Version
from catalog.store import current, model_of
from configurator.drafts import sessions, steps
from configurator.drafts.progress import progress_of
from configurator.drafts.switching import switched
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.transaction import session, write_late
from configurator.web.access import access, current_account, current_customer, found, guest_token
from configurator.web.memory import whom
from configurator.web.shop import cards, links
from configurator.web.shop.acts import moved, perform, started
from configurator.web.shop.answers import Unread, counted
from configurator.web.shop.rendering import in_view, rendered
from configurator.web.shop.starting import others
from orders import specifications
from orders.memory import consents
from orders.records import Revision
from orders.subjects import Whom

shop = Blueprint("shop", __name__)

UNPROCESSABLE = 422


@shop.get("/")
@access("public")
def products() -> str:
    """What can be made, each as it would be proposed to whoever looks."""
    sought = request.args.get("q", "").strip()[:200]
    return render_template("shop/products.html", shelf=cards.shelf(sought, request.args.get("page", 1, type=int)))


@shop.get("/products/<slug>")
@access("public")
def product(slug: str) -> str:
    """What a product is, and what is proposed."""
    version, customer = found(current(session, slug)), current_customer()
    asked = Whom(customer, **whom.chosen(customer, request.args)) if customer else None
    sketch = sessions.sketch(session, version, asked)
    card = cards.of(sketch)
    withdrawn = customer is not None and not consents.allows(session, customer, "proposals")
    return render_template("shop/product.html", card=card, left=cards.left(card.progress), whom=whom.asked(sketch),
                           others=others(card.progress) if customer else (), withdrawn=withdrawn,
                           waiting=cards.waiting(sketch), action=url_for(".open_product", slug=slug),
                           begun=sessions.begun(session, version.product, customer, cookie.get("guest")))


@shop.post("/products/<slug>")
@access("public")
def open_product(slug: str) -> Answer:
    """Opens a draft."""
    if not whom.names_somebody_new(request.form):
        write_late()
    version, customer = found(current(session, slug)), current_customer()
    try:
        named = whom.said(customer, request.form)
    except ValueError:
        flash(whom.bad_name(), "warning")
        return redirect(url_for(".product", slug=slug), 303)
    draft = sessions.open_draft(session, version, **opener(named))
    if "start" in request.form:
        steps.propose_anew(session, draft, started(request.form))
    return _opened(draft)


@shop.get("/products/<slug>/with")
@access("public")
def link(slug: str) -> str:
    """What somebody configured; the draft is made when it is opened, so that looking stores nothing."""
    version, choices, shown = _linked(slug)
    card = cards.of(sessions.sketch(session, version, begun=sessions.Begun(choices, shown)))
    return render_template("shop/product.html", card=card, left=cards.left(card.progress), whom=(), others=(),
                           withdrawn=False, waiting=(), begun=None, action=request.full_path)


@shop.post("/products/<slug>/with")
@access("public")
def open_link(slug: str) -> Answer:
    """Opens a draft of exactly what the link says, for whoever opens it."""
    write_late()
    version, choices, shown = _linked(slug)
    return _opened(sessions.open_draft(session, version, begun=sessions.Begun(choices, shown), **opener({})))


@shop.get("/configure/<draft>")
@access("public")
def configure(draft: str) -> Answer | str:
    """The configuring page."""
    opened = open_draft(draft)
    if there := ordered_as(opened):
        return redirect(there)
    return rendered(opened, {})


@shop.post("/configure/<draft>")
@access("public")
def act(draft: str) -> Answer | str:
    """One act; what was refused is said on the page, what was done is kept."""
    saves = "save" in request.form or (request.form.get("answer") == "enter" and request.form.get("name"))
    if not saves:
        write_late()
    opened = open_draft(draft, lock=True)
    if there := ordered_as(opened):
        return go(there)
    problems = perform(opened, request.form, in_view())
    if problems:
        return make_response(rendered(opened, problems, swapped="HX-Request" in request.headers), UNPROCESSABLE)
    if "order" in request.form:
        return go(url_for("ordering.review", draft=draft))
    if saves:
        return _save(opened)
    here = partial(url_for, ".configure", draft=draft, group=request.form.get("go", in_view(), type=counted))
    if "HX-Request" in request.headers:
        answer = make_response(rendered(opened, {}, swapped=True))
        if "go" in request.form:
            answer.headers["HX-Push-Url"] = here()  # a reload stays there, the back button leads back
        return answer
    if said := moved(progress_of(session, opened), request.form):
        flash(said)
    return redirect(here(), 303)


@shop.post("/configure/<draft>/for")
@access("public")
def switch(draft: str) -> Answer:
    """Goes on for somebody or somewhere else, in a draft of its own."""
    if not whom.names_somebody_new(request.form):
        write_late()
    opened = open_draft(draft, lock=True)
    customer = found(opened.customer)
    if there := ordered_as(opened):
        return go(there)
    try:
        named = whom.said(customer, request.form)
    except ValueError:
        flash(whom.bad_name(), "warning")
        return go(url_for(".configure", draft=draft))
    now = switched(session, opened, Whom(customer, named.get("person", opened.person),
                                         named.get("place", opened.place)))
    return go(url_for(".configure", draft=now.id))


def open_draft(draft: str, lock: bool = False) -> Draft:
    """The draft of whoever asks, or 404."""
    return found(sessions.find(session, draft, current_customer(), cookie.get("guest"), current_account(), lock))


def ordered_as(draft: Draft) -> str | None:
    """The address of the order that it has become, which is told: the back button leads here, too."""
    if (order := sessions.ordered(session, draft)) is None:
        return None
    flash(_("This is ordered already: it is order %(number)s, and was not ordered again.", number=order.number))
    return url_for("orders.order", number=order.number)


def go(url: str) -> Answer:
    """To another page, whether a browser or its script asked."""
    if "HX-Request" in request.headers:
        return Answer(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)


class Opener(TypedDict, total=False):
    """Whose a new draft is."""

    whom: Whom
    guest: str


def opener(named: whom.Named) -> Opener:
    """The customer who is signed in, for whom and where they named; else the guest."""
    customer = current_customer()
    return {"whom": Whom(customer, **named)} if customer else {"guest": guest_token()}


def _opened(draft: Draft) -> Answer:
    target = "ordering.review" if "order" in request.form else ".configure"
    return redirect(url_for(target, draft=draft.id), 303)


def _linked(slug: str) -> tuple[Version, Values, Values]:
    """The version that a link names, and its answers."""
    if len(request.query_string) > links.LONGEST:
        abort(414)
    version = found(session.scalar(select(Version).join(Product).where(
        Product.slug == slug, Version.number == request.args.get("version", -1, type=counted))))
    try:
        return version, *links.answers(model_of(version), request.args)
    except Unread as unread:
        abort(400, str(unread))


def _save(draft: Draft) -> Answer:
    """Saves what is shown, as a specification of its own or as the next revision of the one it was opened from."""
    target = url_for(".configure", draft=draft.id, group=in_view())
    if draft.whom is None:
        return go(url_for("account.login", next=target))
    revision = session.get(Revision, draft.revision_id) if draft.revision_id else None
    of = revision.specification if revision and request.form.get("save") == "revision" else None
    progress = progress_of(session, draft)
    name = of.name if of else request.form.get("name", "")
    try:
        configured = specifications.Configured(draft.version, progress.values, progress.configuration.choices,
                                               progress.corrected, unmeasured(session, progress))
        kept = specifications.kept(revision, name, configured)
        saved = kept or specifications.save(session, draft.whom, name, configured, current_account(), of)
    except ValueError:
        flash(_("Give the specification a name of at most %(most)d characters.", most=specifications.LONGEST_NAME),
              "warning")
        return go(target)
    session.flush()
    draft.revision_id = saved.id
    flash(_("Saved as %(number)s, rev. %(letter)s.", number=saved.specification.number, letter=saved.letter))
    return go(target)
