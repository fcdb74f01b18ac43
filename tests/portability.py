"""What tests of taking along share: somebody of whom much is known, taking it, and bringing it to an account."""

from datetime import UTC, datetime, timedelta

from factories import bench_values, member, ordered, published, shipped, staff

from catalog.database import now
from configurator import portable
from configurator.transaction import open_session, transaction
from orders import specifications, subjects
from orders.clients import notes
from orders.memory import consents, facts, feedback, pieces
from orders.memory.evidence import Occasion
from orders.places.rooms import Block, Plan
from orders.records import Customer
from orders.subjects import Whom

LAST_YEAR = now().date() - timedelta(300)
AT = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
ROOM = Plan(3000, 2000, 2500, walls=(Block(0, 0, 400, 300, 2500, "=Chimney"),)).plain()


def known(engine):
    """The account of Ada, who orders for herself and Paul, has a terrace, corrected, judged, and forgot her lamp."""
    with transaction(engine) as session:
        account, version = member(session, name="Ada Winter"), published(session)
        customer = account.customer
        paul = subjects.add(session, customer, "person", "Paul")
        terrace = subjects.add(session, customer, "place", "Terrace")
        terrace.plan = ROOM
        facts.state(session, paul, "height", 1910, "mm", "this page", "Ben, the carpenter", AT)
        saved = specifications.save(session, Whom(customer, person=paul, place=terrace), "=SUM(A1)",
                                    specifications.Configured(version, bench_values(wood="pine"), {"wood": "pine"}),
                                    account, at=AT)
        specifications.save(session, Whom(customer), "=SUM(A1)",
                            specifications.Configured(version, bench_values(engraving="@Paul"), {"wood": "oak"}),
                            account, saved.specification, at=AT + timedelta(1))
        order = ordered(session, customer, version, today=LAST_YEAR, engraving="-Ada, 'til \"June\"", wood="pine")
        shipped(session, order)
        feedback.give(session, order, {"wood": feedback.Verdict("other", "oak", "Too bright")}, "A note")
        told = {piece.key: piece for piece in pieces.of(session, customer)}
        pieces.tell(session, customer, told["bench.hooks"], frozenset({"right"}), Occasion("this page"))
        pieces.forget(session, customer, told["bench.lamp"])
        consents.say(session, customer, "analysis", False, account)
        notes.write(session, customer, "=Rings on Mondays.\nSpeaks Finnish.", staff(session))
        customer.company = "@Winter"
    return account


def taken(engine, account, write=portable.to_json):
    with open_session(engine) as session:
        return write(portable.take(session, session.get(Customer, account.customer_id))).encode()


def brought(engine, account, content):
    with transaction(engine) as session:
        return portable.bring(session, session.get(Customer, account.customer_id), portable.from_bytes(content), None)
