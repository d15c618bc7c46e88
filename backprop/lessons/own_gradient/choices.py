"""What a learner can choose where they bring a gradient: the network here, and what was brought.

What was brought stands in the store, and the choices hold its address: so a page's address shows
the same answer for whoever opens it, and what is deleted is gone from all of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import numpy as np

from backprop.engine.differences.cost import check_work
from backprop.engine.errors import LimitError
from backprop.engine.network import ACTIVATIONS, LOSSES, MOST_LAYERS, MOST_UNITS, SCHEMES, Network
from backprop.notation.submission.layouts import COLUMNS, IN_OUT, OUT_IN, ROWS, Wish
from backprop.notation.submission.place import Array
from backprop.stage.choices import Flag, Name, OneOf, Several, Whole, chosen

LAYOUTS = (OUT_IN, IN_OUT, ROWS, COLUMNS)
HIDEABLE = ("presets", "examples", "table", "network", "files")
MOST_WORK = 1_000_000_000  # units of engine.cost.check_work, up to which a network is set up here
MOST_JUDGED = 250_000_000  # of the same units, for what is judged in one request: about 0.2 s
# of the same units, for a parameter and for a number of X or Y, beside the work
ENTRY, DATUM = 38_000, 8_000
