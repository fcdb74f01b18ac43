"""Time at work on a draft: what goes by from act to act, and not while nobody is there."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import a_customer, published

from configurator.drafts.sessions import open_draft
from configurator.drafts.steps import answer, undo
from configurator.records import PAUSE, Draft
from orders.subjects import Whom


@pytest.fixture
def clock(monkeypatch):
    """Tells the time that a draft is stored; it stands still until it is moved: clock(seconds)."""
    times = [datetime(2026, 5, 4, 9, tzinfo=UTC)]
    monkeypatch.setattr("configurator.records.now", lambda: times[-1])

    def move(seconds: float) -> None:
        times.append(times[-1] + timedelta(seconds=seconds))
    return move


def a_draft(session) -> Draft:
    draft = open_draft(session, published(session), Whom(a_customer(session)))
    session.flush()
    return draft


def test_time_at_work_is_from_act_to_act(session, clock):
    draft = a_draft(session)
    draft.updated_at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    session.flush()
    for seconds, act in (20, lambda: answer(session, draft, {"wood": "pine"})), (15, lambda: undo(draft)), \
            (5, lambda: answer(session, draft, {"wood": "pine"})):
        clock(seconds)
        act()
        session.flush()
    assert draft.seconds == 40
    clock(30)
    assert draft.worked == 70, "until it is ordered"


def test_whoever_is_away_is_not_at_work(session, clock):
    draft = a_draft(session)
    draft.updated_at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    session.flush()
    for seconds in PAUSE.total_seconds() + 1, PAUSE.total_seconds():
        clock(seconds)
        answer(session, draft, {"lamp": not draft.history[draft.position]["choices"].get("lamp", False)})
        session.flush()
    assert draft.seconds == PAUSE.total_seconds()
    clock(7 * 86400)
    assert draft.worked == PAUSE.total_seconds()
