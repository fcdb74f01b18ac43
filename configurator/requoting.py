"""The lines of a quote in the newest catalogue."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from catalog.model import from_plain
from catalog.store import current
from configurator.drafts import sessions
from configurator.drafts.progress import progress_of
from configurator.engine import Undecided
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.unaided import unaided
from orders.lots import Lot
from orders.placing import Entered
from orders.quotation import lines, quotes
from orders.quotation.quoted import Quote, QuoteLine
from orders.records import Account
from orders.subjects import Whom


class Stuck(ValueError):
    """A line that cannot be brought into the newest version of its product: it stays as it was."""

    def __init__(self, line: QuoteLine) -> None:
        super().__init__(f"line {line.position} cannot be brought into the newest catalogue")
        self.line = line


def brought(session: Session, quote: Quote, line: QuoteLine) -> bool:
    """Brings a line into the newest version of its product, with what still fits; whether it was of an older one.

    Raises Stuck if nothing is found in time, or what is found cannot stand on the quote; quotes.NotAllowed.
    """
    newest = current(session, line.version.product.slug)
    if newest is None or newest.id == line.version_id:
        return False
    try:
        with session.begin_nested():
            put(session, quote, line, opened(session, quote, line), worked=line.seconds)
    except quotes.NotAllowed:
        raise
    except (ValueError, Undecided) as error:
        raise Stuck(line) from error
    return True


def opened(session: Session, quote: Quote, line: QuoteLine, rep: Account | None = None) -> Draft:
    """A draft of a line in the newest version, not stored yet."""
    newest = current(session, line.version.product.slug)
    assert newest is not None  # the line is of a version of it
    begun = sessions.Begun(from_plain(line.choices), from_plain(line.values), line.version)
    draft = sessions.sketch(session, newest, Whom(quote.customer, line.person, line.place), begun, rep=rep)
    draft.revision_id, draft.inputs = line.revision_id, line.inputs
    if line.standing and line.place and line.place.plan:
        draft.history = [{**draft.history[0], "limits": {"spot": line.standing["spot"]}}]
    return draft


def put(session: Session, quote: Quote, line: QuoteLine | None, draft: Draft, worked: int | None = None) -> QuoteLine:
    """Puts a draft as it stands on a quote: as a line, or as a new one. Raises as `lines.put`."""
    progress = progress_of(session, draft)
    assert draft.customer is not None
    lot = Lot(draft.version, progress.model, progress.values, line.quantity if line else 1,
              sessions.saved(session, draft, progress.values), standing=progress.limits.standing)
    entered = Entered(draft.inputs, corrected=progress.corrected, unaided=unaided(draft.version, progress.values),
                      seconds=_worked(draft) if worked is None else worked, guessed=unmeasured(session, progress))
    whom, choices = Whom(draft.customer, draft.person, draft.place), progress.configuration.choices
    if line is None:
        return lines.add(session, quote, whom, lot, entered, choices)
    lines.put(session, quote, line, whom, lot, entered, choices)
    return line


def _worked(draft: Draft) -> int:
    """The seconds of work on a draft; nobody was at work on one that is not stored."""
    return draft.worked if inspect(draft).persistent else 0
