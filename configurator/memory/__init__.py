"""What is remembered: ranked values, whole proposals and the reasons for them.

    memory = Memory(engine)
    memory.remember({"frame": "steel", "fork": "carbon"}, customer=17, when=date(2026, 5, 4))
    memory.rank(c, "bar", customer=17)
    memory.propose(c, customer=17)

It speaks to the engine by its public names alone: memory ranks values, the engine makes the whole buildable.
"""

from configurator.memory.memory import Memory, Start, Told
from configurator.memory.proposal import Proposal
from configurator.memory.reasons import Reason
from orders.memory.verdict import Verdict, Verdicts

__all__ = ["Memory", "Proposal", "Reason", "Start", "Told", "Verdict", "Verdicts"]
