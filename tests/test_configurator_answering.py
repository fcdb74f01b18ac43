"""What somebody says of what was made moves what is proposed to them next, whatever it was."""

from datetime import UTC, datetime, timedelta

from factories import TODAY, a_customer, bench, bench_values, ordered, published, shipped
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog.model import Boolean, Characteristic, Number, Several, Text
from configurator.engines import engine_of
from configurator.recollection import propose
from configurator.transaction import transaction
from orders.buildable import Unbuildable, check
from orders.memory import feedback
from orders.memory.feedback import Verdict
from orders.subjects import Whom

AFTERWARDS = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) + timedelta(days=20)
MODEL = bench()


def drawn(draw, characteristic: Characteristic, made):
    """A verdict on a value; of what is not right mostly with what they would rather have."""
    said = draw(st.sampled_from(feedback.words_for(characteristic)))
    if said == "right" or isinstance(characteristic, Text) or draw(st.integers(0, 3)) == 0:
        return Verdict(said)
    if isinstance(characteristic, Number):
        better = [value for value in characteristic.range if (value > made) == (said == "small") and value != made]
        return Verdict(said, draw(st.sampled_from(better)) if better else None)
    if isinstance(characteristic, Boolean):
        return Verdict(said, not made)
    names = [value.name for value in characteristic.options]
    every = st.frozensets(st.sampled_from(names)) if isinstance(characteristic, Several) else st.sampled_from(names)
    return Verdict(said, draw(every.filter(lambda rather: rather != made)))


def next_one(session: Session, order):
    whom = Whom(order.customer, order.person, order.place)
    return propose(session, order.version, engine_of(order.version).start(), whom, AFTERWARDS)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_they_would_rather_have_is_proposed_next(sqlite, data):
    made = bench_values(height=data.draw(st.integers(125, 215)) * 10, width=data.draw(st.integers(700, 2300)),
                        wood=data.draw(st.sampled_from(["oak", "pine"])))
    verdicts = {c.name: drawn(data.draw, c, made[c.name]) for c in MODEL.characteristics if data.draw(st.booleans())}
    wanted = made | {name: verdict.rather for name, verdict in verdicts.items() if verdict.rather is not None}
    try:
        check(MODEL, wanted)
    except Unbuildable:
        assume(False)
    with transaction(sqlite) as session:
        order = ordered(session, a_customer(session), published(session), **made)
        shipped(session, order)
        feedback.give(session, order, verdicts, at=AFTERWARDS - timedelta(days=1))
        proposal = next_one(session, order)
        for name, verdict in verdicts.items():
            value = proposal.configuration.values()[name]
            if verdict.said == "right" or verdict.rather is not None:
                assert value == wanted[name], name
                assert verdict.rather is None or proposal.reasons[name].kind in ("feedback", "follows"), name
            elif isinstance(MODEL[name], Number):
                assert value != made[name], f"{name}: what was wrong is not proposed again"


def test_what_was_said_first_is_forgotten_when_something_else_is_said(session):
    order = ordered(session, a_customer(session), published(session), wood="oak")
    shipped(session, order)
    for rather, day in (1800, 3), (1700, 2), (1760, 1):
        said = "small" if rather > 1750 else "large"
        feedback.give(session, order, {"height": Verdict(said, rather)}, at=AFTERWARDS - timedelta(days=day))
        assert next_one(session, order).configuration.values()["height"] == rather
    feedback.give(session, order, {"height": Verdict("right")}, at=AFTERWARDS)
    assert next_one(session, order).configuration.values()["height"] == 1750
