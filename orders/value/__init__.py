"""What a customer is worth: how often they will order, and for how much.

Both models take the most probable parameters under a weak prior, which keeps a few dozen customers from telling wild
ones and gives way as they become more. How uncertain they are stays with them: ranges are of DRAWS cases, each with
parameters of its own.

Arrays hold one entry per customer, or per group of `count` alike, times in one unit of the caller's choice: `frequency`
(x) is how often they ordered again; `recency` (t_x) and `age` (T) are how long after the first order the last one came,
and how long ago the first one was; `monetary_value` is what an order came to on average.
"""

from orders.value.fitting import DRAWS, FEW, LIKELY, Floats, likely
from orders.value.returning import BetaGeometric
from orders.value.spending import GammaGamma

__all__ = ["DRAWS", "FEW", "LIKELY", "BetaGeometric", "Floats", "GammaGamma", "likely"]
