"""A process of its own, which can be ended while it counts: `counting` starts it, nothing imports it.

Reads JSON (the number of variables, the clauses, the variables whose assignments are counted), writes the count.
"""

import json
import resource
import sys

from pyganak import Counter

seconds, memory = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # holds even if who started it is gone
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
asked = json.load(sys.stdin)
counter = Counter()
counter.new_vars(asked["variables"])
counter.add_clauses(asked["clauses"])
counter.set_sampling_set(asked["counted"])
print(hex(counter.count()))
