"""Looking for garbage less often: a process that takes in events makes much that is gone at once.

What the program itself consists of is never garbage, and looking through all of it again and again
costs a tenth of the time.
"""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 20_000
"""Objects that may be made before the young are looked through; Python's own number is 700."""


def seldom() -> None:
    """For a whole process that does little else, once it has everything that it works with."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
