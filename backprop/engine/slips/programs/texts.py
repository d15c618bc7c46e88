"""What a slip writes in the place of a product, at known shapes.

A slip is a function from a use of a row to another text, in the same letters and the same language,
or to nothing where it cannot be made there. Beside the text stands the code that is run, as in a
row: that of a scalar function has all that it calls written out.

Whether the text has the shape that belongs there, and changes anything, tells places.py.
"""

from functools import lru_cache

from backprop.engine.slips.programs import entrywise, whole_arrays
from backprop.engine.slips.programs.catalog import SLIPS
from backprop.engine.slips.programs.use import Plant, Text, Use

PLANTS: dict[str, Plant] = {name: (entrywise.PLANTS | whole_arrays.PLANTS)[name] for name in SLIPS}


@lru_cache(maxsize=2048)
def plants(use: Use) -> tuple[tuple[str, Text], ...]:
    """Return every slip that can be made at a use, by its name, with what it writes."""
    found = ((name, plant(use)) for name, plant in PLANTS.items())
    return tuple((name, text) for name, text in found if text and text[0] != use.right)
