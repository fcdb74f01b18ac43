"""What was proposed to somebody, as a draft keeps it: it stays until it is asked for anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from catalog.model import from_plain, to_plain
from catalog.nodes import Answer, Values
from configurator.memory import Proposal, Reason

REMEMBERED = ("own", "fact", "feedback")
"""Reasons that what is remembered of somebody gives."""


@dataclass(frozen=True)
class Proposed:
    """A whole product, why each value of it was proposed and how sure that is (0 to 1), and what was left open to
    doubt, in the order to ask it.
    """

    values: Mapping[str, Answer]
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    confidence: Mapping[str, float] = field(default_factory=dict)
    read: int = 0  # how often what is remembered of them had been changed when it was made: see orders.memory.evidence

    @classmethod
    def of(cls, proposal: Proposal, read: int = 0) -> Proposed:
        """What is kept of a proposal."""
        return cls(proposal.configuration.values(), proposal.reasons, proposal.questions, proposal.confidence, read)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Proposed:
        """The inverse of `plain`."""
        reasons = {name: _reason(reason) for name, reason in plain["reasons"].items()}
        return cls(from_plain(plain["values"]), reasons, tuple(plain["questions"]), plain.get("confidence", {}),
                   plain.get("read", 0))

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"values": to_plain(self.values), "questions": list(self.questions),
                "confidence": dict(self.confidence), "read": self.read,
                "reasons": {name: _plain(reason) for name, reason in self.reasons.items()}}

    def renewed(self, later: Proposed, choices: Values) -> Proposed:
        """The later one, but for what was chosen when it was made: if that is taken back, this is what it was."""
        chosen = {name: self.values[name] for name in choices if name in self.values}
        return Proposed({**later.values, **chosen}, {**self.reasons, **later.reasons},
                        (*later.questions, *(name for name in self.questions if name in choices)),
                        {**self.confidence, **later.confidence}, later.read)

    @property
    def is_remembered(self) -> bool:
        """Whether it tells what is remembered of somebody."""
        return any(reason.kind in REMEMBERED for reason in self.reasons.values())


def _plain(reason: Reason) -> dict[str, Any]:
    told = {} if reason.made is None else to_plain({"made": reason.made})
    return {**asdict(reason), "made": None, **told, "on": reason.on and reason.on.isoformat()}


def _reason(plain: Mapping[str, Any]) -> Reason:
    """The inverse of `_plain`; a reason that was kept earlier may lack what was added since."""
    made, on = plain.get("made"), plain.get("on")
    return Reason(**{**plain, "made": made if made is None else from_plain({"made": made})["made"],
                     "on": on and date.fromisoformat(on)})
