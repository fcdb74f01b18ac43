"""Whatever somebody presses in whatever order, a session stays whole: a machine tries it."""

from __future__ import annotations

from factories import guest_draft
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from walking import Walk

from catalog.nodes import Answer
from configurator.drafts import steps
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Impossible
from orders.buildable import check

ANSWERS: dict[str, list[Answer]] = {
    "height": [1200, 1750, 2200], "width": [600, 1200], "wood": ["oak", "pine"], "lamp": [True, False],
    "hooks": [frozenset(), frozenset({"left"}), frozenset({"left", "right"})], "engraving": ["", "A & B", "<script>"]}
pairs = st.sampled_from([(name, value) for name, values in ANSWERS.items() for value in values])


class Configuring(Walk):
    """Any acts in any order, against a plain list of the choices that were made."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = guest_draft(self.session)
        self.steps: list[dict[str, Answer]] = [{}]
        self.at = self.inputs = 0

    def progress(self) -> Progress:
        return progress_of(self.session, self.draft)

    def step(self, choices: dict[str, Answer]) -> None:
        if choices != self.steps[self.at]:
            self.steps[self.at + 1:] = [choices]
            self.at += 1

    @rule(pair=pairs)
    def answer(self, pair: tuple[str, Answer]) -> None:
        name, value = pair
        before = self.progress()
        accepted = before.state(name) in ("proposed", "follows") and before.values[name] == value
        try:
            choices = dict(before.configuration.choose(name, value).choices)
        except Impossible:
            assert list(steps.answer(self.session, self.draft, {name: value})) == [name]
            return
        assert steps.answer(self.session, self.draft, {name: value}) == {}
        self.inputs += choices != self.steps[self.at] and not accepted
        self.step(choices)

    @rule(name=st.sampled_from(sorted(ANSWERS)))
    def retract(self, name: str) -> None:
        steps.retract(self.session, self.draft, name)
        self.step({other: value for other, value in self.steps[self.at].items() if other != name})

    @rule(name=st.sampled_from(sorted(ANSWERS)))
    def keep(self, name: str) -> None:
        before = self.progress()
        steps.keep(self.session, self.draft, [name])
        if before.state(name) != "follows":
            self.step({**self.steps[self.at], name: before.values[name]})

    @precondition(lambda self: self.at > 0)
    @rule()
    def undo(self) -> None:
        steps.undo(self.draft)
        self.at -= 1

    @precondition(lambda self: self.at + 1 < len(self.steps))
    @rule()
    def redo(self) -> None:
        steps.redo(self.draft)
        self.at += 1

    @precondition(lambda self: self.at > 0)
    @rule()
    def start_over(self) -> None:
        steps.start_over(self.draft)
        self.steps[self.at + 1:] = [{}]
        self.at += 1

    @rule()
    def reload(self) -> None:
        self.session.flush()
        self.session.expire_all()

    @invariant()
    def nothing_is_lost_and_a_whole_product_is_shown(self) -> None:
        progress = self.progress()
        check(progress.model, progress.values)
        assert dict(progress.configuration.choices) == self.steps[self.at]
        assert self.steps[self.at].items() <= progress.values.items()
        assert self.draft.inputs == self.inputs


TestConfiguring = Configuring.TestCase
TestConfiguring.settings = settings(max_examples=25, stateful_step_count=15, deadline=None,
                                    suppress_health_check=[HealthCheck.too_slow])
