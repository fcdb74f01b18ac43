"""What can still be built: exact domains, explanations, repairs and completions. The only importer of the SAT solver.

    engine = Engine(model)
    c = engine.start().choose("frame", "steel")
    c.domain("fork"), c.forced(), c.explain("fork", "carbon"), c.repairs("fork", "carbon"), c.complete({...})
"""

from configurator.engine.configuration import Configuration
from configurator.engine.counting import count
from configurator.engine.domains import Domain, NumberDomain, SeveralDomain, TextDomain
from configurator.engine.effort import Undecided, together, within
from configurator.engine.engine import Engine
from configurator.engine.explanation import Explanation, Impossible, OverLimit, Unbuildable
from configurator.engine.objective import Measure, Range, Stepped
from configurator.engine.redundancy import Redundancy
from configurator.engine.repair import Repair
from configurator.engine.tracing import Trace, trace

__all__ = [
    "Configuration", "Domain", "Engine", "Explanation", "Impossible", "Measure", "NumberDomain", "OverLimit", "Range",
    "Redundancy", "Repair", "SeveralDomain", "Stepped", "TextDomain", "Trace", "Unbuildable", "Undecided", "count",
    "together", "trace", "within",
]
