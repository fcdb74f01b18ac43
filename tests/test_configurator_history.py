"""However a draft's steps are stored, they are read as they were written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from configurator.drafts.history import changes, whole

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
