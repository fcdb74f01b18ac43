"""The life of a quote: drawn up, sent, asked about; accepted, refused or expired; accepted, it becomes orders, once.

Its lines are drawn up in orders.quotation.lines; what is sent is a revision, frozen whole (see
orders.quotation.quoting). Who comes second waits, or starts over, and finds what the first one did: see `locked`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from catalog.characters import hidden
from orders import numbers, placing, subjects
from orders.lifecycle import CUSTOMER, SYSTEM, Transition, allows
from orders.names import clean
from orders.promises import Unpromised
from orders.quotation import discounts, quoting
from orders.quotation.discounts import APPROVERS
from orders.quotation.quoted import Quote, QuoteEvent, QuoteRevision
from orders.records import Account, Customer, Order
from orders.supplies.supply import NEVER

SELLERS = ("rep", "manager")
OPEN = ("sent", "asked")
"""States in which the client can accept."""
LONGEST_WORDS = 2000

TRANSITIONS = (
    Transition("quote", "begin", "", "draft", SELLERS),
    Transition("quote", "send", "draft", "sent", SELLERS),
    Transition("quote", "submit", "draft", "submitted", SELLERS),  # its discount is beyond what they may grant alone
    Transition("quote", "drop", "draft", "refused", SELLERS),
    Transition("quote", "approve", "submitted", "sent", APPROVERS),
    Transition("quote", "send back", "submitted", "draft", SELLERS),
    *(Transition("quote", "accept", state, "accepted", ("customer", *SELLERS)) for state in OPEN),
    *(Transition("quote", "decline", state, "refused", ("customer", *SELLERS)) for state in OPEN),
    *(Transition("quote", "ask", state, "asked", ("customer",)) for state in OPEN),
    *(Transition("quote", "lapse", state, "expired", (SYSTEM,)) for state in OPEN),
    *(Transition("quote", "revise", state, "draft", SELLERS) for state in (*OPEN, "refused", "expired")),
    Transition("quote", "convert", "accepted", "converted", (SYSTEM,)),
)
FIRST, ENDS = "draft", ("converted",)


class NotAllowed(ValueError):
    """The quote's state does not allow this, or not to them."""

    def __init__(self, quote: Quote, act: str) -> None:
        super().__init__(f"quote {quote.number} is {quote.state}: nobody can {act} it now, or not they")
        self.quote, self.act = quote, act


class TooMuch(ValueError):
    """The lines come to more than one order could."""


class Unmeasured(ValueError):
    """Something that nobody measured would be built, and nobody agreed to that. Nothing was ordered."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(f"quote {quote.number} has values that nobody gave, and it was not agreed to build them")


class Outdated(Exception):
    """The quote no longer holds; `changes` say why. Nothing was ordered: a new revision says what holds now."""

    def __init__(self, changes: Sequence[placing.Change]) -> None:
        super().__init__("; ".join(f"{change.what}: {change.agreed} is now {change.now}" for change in changes))
        self.changes = tuple(changes)


def transition(quote: Quote, act: str, account: Account | None) -> Transition | None:
    """What an act would do to a quote now, done by a member of staff, or by the client (None); None if it cannot be."""
    found = next((one for one in TRANSITIONS if (one.act, one.before) == (act, quote.state)), None)
    return found if found and allows(found.who, account or CUSTOMER) else None


def locked(session: Session, quote: Quote) -> Quote:
    """The quote as it is now, kept from others until the end of the transaction: see orders.lifecycle.locked."""
    session.execute(update(Quote).where(Quote.id == quote.id).values(state=Quote.state))
    session.refresh(quote)
    return quote


def find(session: Session, number: str) -> Quote | None:
    """The quote of this number."""
    return session.scalar(select(Quote).where(Quote.number == number))


def of(session: Session, customer: Customer) -> list[Quote]:
    """The customer's quotes, the newest first, with their revisions."""
    return list(session.scalars(select(Quote).where(Quote.customer_id == customer.id)
                                .options(selectinload(Quote.revisions)).order_by(Quote.id.desc())))


def current(quote: Quote) -> QuoteRevision | None:
    """The revision that the client sees."""
    return next((one for one in quote.revisions if one.number == quote.sent), None)


def state(quote: Quote, today: date) -> str:
    """The state on a day: what is over counts as expired before anybody notes it."""
    shown = current(quote)
    over = quote.state in OPEN and shown is not None and shown.valid_until < today
    return "expired" if over else quote.state


# drawing up and sending


def begin(session: Session, customer: Customer, account: Account) -> Quote:
    """An empty quote, with the terms of the last one that they drew up; raises ValueError for who is erased."""
    subjects.alive(session, customer)
    last = session.scalar(select(Quote).where(Quote.rep_id == account.id).order_by(Quote.id.desc()).limit(1))
    kept = {"delivery": last.delivery, "terms": last.terms, "valid_days": last.valid_days} if last else {
        "delivery": "", "terms": "", "valid_days": 30}
    quote = Quote(number=numbers.take(session, "quote"), customer=customer, rep=account, state=FIRST, sent=0, words="",
                  discount=0, discount_kind="percent", **kept)
    session.add(quote)
    session.flush()
    return quote


def needs_approval(session: Session, quote: Quote, account: Account, today: date) -> bool:
    """Whether some line loses more by both discounts than the account may grant alone."""
    return any(not discounts.within(account, part) for part in quoting.parts(session, quote, today))


def issue(session: Session, quote: Quote, account: Account, today: date) -> QuoteRevision:
    """The next revision, frozen: sent, or submitted to an approver if its discount is beyond the account's limit.

    Raises NotAllowed; TooMuch; Unpromised; ValueError for a quote without lines.
    """
    locked(session, quote)
    act = "submit" if needs_approval(session, quote, account, today) else "send"
    found = _allowed(quote, act, account)
    document = quoting.draw_up(session, quote, today, account)
    if not document["lines"]:
        raise ValueError("a quote has at least one line")
    if document["needed_days"] >= NEVER:
        raise Unpromised("no day can be promised until the work centres have hours")
    if document["totals"]["listed"] > placing.LARGEST_TOTAL:
        raise TooMuch(f"a quote is of {placing.LARGEST_TOTAL} minor units at most")
    revision = QuoteRevision(
        quote=quote, customer_id=quote.customer_id, number=document["revision"], document=document, issuer=account,
        total=document["totals"]["gross"], currency=document["currency"],
        valid_until=date.fromisoformat(document["valid_until"]))
    session.add(revision)
    session.flush()
    if found.after == "sent":
        quote.sent = revision.number
    _enter(session, quote, found.after, revision.number, account)
    return revision


def approve(session: Session, quote: Quote, account: Account, words: str) -> None:
    """Sends what was submitted, with a word; raises NotAllowed and ValueError."""
    found = _allowed(locked(session, quote), "approve", account)
    quote.sent = quote.revisions[-1].number
    _enter(session, quote, found.after, quote.sent, account, words=words)


def send_back(session: Session, quote: Quote, account: Account, words: str) -> None:
    """Refuses what was submitted, with a word, or takes it back; raises NotAllowed and ValueError."""
    found = _allowed(locked(session, quote), "send back", account)
    _enter(session, quote, found.after, quote.revisions[-1].number, account, words=words)


def revise(session: Session, quote: Quote, account: Account) -> None:
    """Opens it to be changed: what the client has seen can no longer be accepted. Raises NotAllowed."""
    _enter(session, quote, _allowed(locked(session, quote), "revise", account).after, quote.sent, account)


def drop(session: Session, quote: Quote, account: Account) -> None:
    """Gives a draft up; raises NotAllowed."""
    _enter(session, quote, _allowed(locked(session, quote), "drop", account).after, quote.sent, account)


# what the client says


def ask(session: Session, quote: Quote, name: str, words: str) -> None:
    """The client asks for a change; raises NotAllowed and ValueError."""
    found = _allowed(locked(session, quote), "ask", None)
    if not words.strip():
        raise ValueError("say what should be changed")
    _enter(session, quote, found.after, quote.sent, None, clean(name, 200), words)


def decline(session: Session, quote: Quote, name: str, words: str, account: Account | None = None) -> None:
    """It is not wanted; raises NotAllowed and ValueError."""
    found = _allowed(locked(session, quote), "decline", account)
    _enter(session, quote, found.after, quote.sent, account, clean(name, 200), words)


def accept(session: Session, quote: Quote, number: int, name: str, today: date, account: Account | None = None,
           free_for: timedelta = timedelta(0), unmeasured: bool = False) -> list[Order]:
    """The orders of a revision that the client accepts, or that staff accept for them; those of before, if it was.

    `name` is who accepts, `free_for` as in `placing.place`, `unmeasured` whether they agree to what nobody measured.
    Raises Outdated; Unmeasured; NotAllowed, for another revision than the one sent too; ValueError for a name that
    cannot be.
    """
    if locked(session, quote).state == "converted":
        return placed(session, quote)
    found, revision = _allowed(quote, "accept", account), current(quote)
    if revision is None or revision.number != number:
        raise NotAllowed(quote, "accept another revision of")
    name = clean(name, 200)
    if changes := quoting.stale(session, quote, revision, today):
        raise Outdated(changes)
    if not unmeasured and any(line["guessed"] for line in revision.document["lines"]):
        raise Unmeasured(quote)
    try:
        with session.begin_nested():  # all of it, or nothing
            _enter(session, quote, found.after, number, account, name)
            orders = quoting.convert(session, revision, today, account, free_for)
            _enter(session, quote, "converted", number, account)
    except placing.Changed as changed:
        raise Outdated(changed.changes) from changed
    return orders


def placed(session: Session, quote: Quote) -> list[Order]:
    """The orders that became of it."""
    revisions = select(QuoteRevision.id).where(QuoteRevision.quote_id == quote.id)
    return list(session.scalars(select(Order).where(Order.quote_revision_id.in_(revisions)).order_by(Order.id)))


def lapse(session: Session, quote: Quote, today: date) -> None:
    """Notes that it is over, if it is."""
    if state(locked(session, quote), today) == "expired" != quote.state:
        _enter(session, quote, "expired", quote.sent, None)


def _allowed(quote: Quote, act: str, account: Account | None) -> Transition:
    if (found := transition(quote, act, account)) is None:
        raise NotAllowed(quote, act)
    return found


def _enter(session: Session, quote: Quote, state: str, revision: int, account: Account | None, name: str = "",
           words: str = "") -> None:
    if len(words := words.strip()) > LONGEST_WORDS or hidden(words) is not None:
        raise ValueError(f"at most {LONGEST_WORDS} characters, all of which can be seen")
    quote.state = state
    session.add(QuoteEvent(quote=quote, customer_id=quote.customer_id, state=state, revision=revision, account=account,
                           name=name, words=words))
    session.flush()
