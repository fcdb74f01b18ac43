"""What is proposed to a customer besides their choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from catalog.records import Version
from configurator.engine import Configuration
from orders.records import Customer


@dataclass(frozen=True)
class Proposal:
    configuration: Configuration
    confidence: Mapping[str, float]
    reasons: Mapping[str, Any]
    questions: tuple[str, ...]


def propose(session: Session, version: Version, configuration: Configuration, customer: Customer | None) -> Proposal:
    """The whole product that comes nearest to the maker's standard."""
    weights = {(c.name, c.standard): 1.0 for c in configuration.engine.model.characteristics if c.standard is not None}
    whole = configuration.complete(weights)
    questions = tuple(c.name for c in configuration.engine.model.characteristics
                      if c.standard is None and c.name not in configuration.choices and c.name not in configuration.forced())
    return Proposal(whole, {}, {}, questions)
