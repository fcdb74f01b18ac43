"""However a draft's steps are stored, they are read as they were written."""

from __future__ import annotations

import json

from factories import published
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from configurator.drafts import sessions
from configurator.drafts.history import changes, whole
from configurator.records import Draft
from configurator.transaction import open_session, transaction

answers = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0, 1, True, False, "", "oak", ["x", "y"]]))
steps = st.lists(st.fixed_dictionaries({"name": st.none() | st.just("a"), "choices": answers, "shown": answers},
                                       optional={"limits": answers, "proposal": st.just("0")}))


@given(steps)
def test_steps_are_read_as_they_were_written_in_their_order(steps):
    stored = json.loads(json.dumps(list(changes(steps))))
    read = list(whole(stored))
    assert json.dumps(read) == json.dumps(steps), "as text: the order counts, and yes is not 1"


@given(steps)
def test_steps_that_were_stored_whole_are_read_as_they_are(steps):
    assert list(whole(steps)) == steps


def test_a_step_takes_the_room_of_what_changed():
    before = {"choices": {str(n): n for n in range(100)}, "shown": {}}
    after = {"choices": {**before["choices"], "new": 1}, "shown": {}}
    first, second = changes([before, after])
    assert first == before
    assert second == {"choices": [[], {"new": 1}], "shown": {}}


def test_proposals_are_read_once_and_again_when_they_have_changed(sqlite):
    with transaction(sqlite) as session:
        drafts = [sessions.open_draft(session, published(session), guest="a guest") for _ in range(2)]
        drafts[1].proposals = {**drafts[1].proposals, "later": {}}
    first, again = (sorted(transacted.scalars(select(Draft.proposals)), key=len)
                    for transacted in (open_session(sqlite), open_session(sqlite)))
    assert [before is after for before, after in zip(first, again, strict=True)] == [True, True]
    assert [proposals.keys() for proposals in first] == [{"0"}, {"0", "later"}]
