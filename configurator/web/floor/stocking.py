"""The parts in stock: how many there are, who waits for them, counting, and the ledger of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from catalog.model import Part
from catalog.wording import title
from configurator import stockfile
from configurator.transaction import session
from configurator.web.access import access, current_account, found, no_store
from configurator.web.shop.answers import minor
from orders.records import folded
from orders.supplies import purchasing, reservations, stock
from orders.supplies.stock import MOST_AMOUNT, MOST_DAYS
from orders.supplies.supplied import OPEN, Movement, Reservation, Stock, Supplier

stocking = Blueprint("stocking", __name__, url_prefix="/floor")

UNPROCESSABLE = 422
SHOWN = 200
"""Parts and movements on a page; more are found by typing."""


@dataclass(frozen=True)
class Shelf:
    """A part with what is promised of it; `part` is not stored if the firm does not keep it.

    What is `made_here` is never bought.
    """

    part: Stock
    kept: bool
    title: str
    made_here: bool
    bin: str
    reserved: int
    coming: int
    due: date | None

    @property
    def free(self) -> int:
        """What nobody was promised, less than 0 if it has to be bought."""
        return self.part.on_hand - self.reserved

    @property
    def words(self) -> str:
        """What it is found by."""
        supplier = self.part.supplier.name if self.part.supplier else ""
        return folded(f"{self.part.number} {self.title} {self.bin} {supplier}")

    @property
    def is_short(self) -> bool:
        """Whether more has to be bought than is on its way."""
        return not self.made_here and self.free + self.coming < self.part.reorder


@stocking.get("/stock")
@access("fulfilment", "manager")
def parts() -> str:
    """All parts that products are made of and that are kept, or those that are looked for."""
    sought, only = folded(request.args.get("q", "").strip()), "short" in request.args
    shelves = [shelf for shelf in _shelves() if (not only or shelf.is_short) and sought in shelf.words]
    return render_template("floor/stock.html", shelves=shelves[:SHOWN], more=max(0, len(shelves) - SHOWN),
                           q=request.args.get("q", ""), only=only, problems=())


@stocking.get("/stock.csv")
@access("fulfilment", "manager")
def take() -> Answer:
    """The parts as a table."""
    return no_store(Answer(stockfile.write(session).encode("utf-8-sig"), content_type="text/csv; charset=utf-8",
                           headers={"Content-Disposition": "attachment; filename=stock.csv"}))


@stocking.post("/stock")
@access("fulfilment", "manager")
def bring() -> Answer | tuple[str, int]:
    """Keeps the parts of a table; nothing of one that has a mistake."""
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise stockfile.StockFileError([_("Choose a file first.")])
        upload.stream.seek(0)  # a request that met another one starts over
        count = stockfile.bring(session, upload.stream.read().decode("utf-8-sig"), current_account())
    except (UnicodeDecodeError, stockfile.StockFileError) as error:
        problems = error.problems if isinstance(error, stockfile.StockFileError) else [_("It is no text in UTF-8.")]
        session.rollback()
        return render_template("floor/stock.html", shelves=[*_shelves()][:SHOWN], more=0, q="", only=False,
                               problems=problems), UNPROCESSABLE
    flash(_("Kept %(count)d parts.", count=count))
    return redirect(url_for(".parts"), 303)


@stocking.get("/stock/<path:number>")
@access("fulfilment", "manager")
def part(number: str) -> str:
    """One part: what there is, who waits for it, and every change."""
    return _part(number)


@stocking.post("/stock/<path:number>")
@access("fulfilment", "manager")
def change(number: str) -> Answer | tuple[str, int]:
    """Counts a part, or says how it is kept."""
    shelf, form = _shelf(number), request.form
    try:
        if "count" in form:
            difference = stock.count(session, number, amount_of(form.get("on_hand", "")), current_account())
            flash(_("Counted: the book was right.") if not difference else _("Counted: the book is corrected."))
        else:
            days = form.get("lead_days", "")
            if not (days.isdecimal() and len(days) < 9 and int(days) <= MOST_DAYS):
                raise ValueError(days)
            stock.keep(session, number, shelf.part.title, shelf.part.unit, lead_days=int(days),
                       lot=amount_of(form.get("lot", "")), reorder=amount_of(form.get("reorder", "")),
                       supplier=form.get("supplier", "")[:200])
            flash(_("Kept: what is promised from now on reckons with it."))
    except ValueError:
        return _part(number, _("Enter amounts of 0 or more with at most three decimals, and 0 to %(most)d days.",
                               most=MOST_DAYS)), UNPROCESSABLE
    return redirect(url_for(".part", number=number), 303)


def _part(number: str, problem: str = "") -> str:
    shelf = _shelf(number)
    moved = select(Movement).where(Movement.number == number).order_by(Movement.id.desc()).limit(SHOWN)
    return render_template(
        "floor/part.html", shelf=shelf, waits=list(reservations.allotted(session, [number])), problem=problem,
        lines=stock.coming(session, [number]), movements=session.scalars(moved).all(), words=_words(),
        suppliers=session.scalars(select(Supplier.name).order_by(Supplier.name)).all())


def _words() -> dict[str, str]:
    """Why an amount changed."""
    return {"counted": _("counted"), "received": _("received"), "picked": _("picked"), "returned": _("put back"),
            "found": _("found, though the book had none")}


def amount_of(text: str) -> int:
    """An amount that was entered, in thousandths; an empty field is 0. Raises ValueError."""
    return minor(text.strip() or "0", 3, MOST_AMOUNT)


def _shelf(number: str) -> Shelf:
    return found(next((shelf for shelf in _shelves() if shelf.part.number == number), None))


def _shelves() -> Iterator[Shelf]:
    """The parts by number, those of the catalogues that are not kept among them."""
    kept = {part.number: part for part in session.scalars(select(Stock).options(joinedload(Stock.supplier)))}
    known = purchasing.catalogued(session)
    reserved: dict[str, int] = {number: int(amount) for number, amount in session.execute(
        select(Reservation.number, func.sum(Reservation.amount)).where(OPEN).group_by(Reservation.number))}
    lines: dict[str, list[tuple[int, date]]] = {}
    for line in stock.coming(session):
        lines.setdefault(line.number, []).append((line.coming, line.due))
    for number in sorted({*kept, *known}):
        coming = lines.get(number, [])
        part, described = kept.get(number) or purchasing.unkept(known, number), known.get(number) or Part(number=number)
        yield Shelf(part, number in kept, part.title or title(described), described.made_here, described.bin,
                    reserved.get(number, 0), sum(amount for amount, _ in coming),
                    min((due for _, due in coming), default=None))
