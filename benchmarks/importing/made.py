"""A file of events in order of time, in which every customer comes back every month."""

from __future__ import annotations

import random
from pathlib import Path

import orjson

from ..events import event_of


def write(file: Path, events: int, renewals: int, seed: int = 7) -> int:
    """``events`` or a few less: so many customers, each with one creation and ``renewals``; gives
    how many there are. As large as it may be, it is never held in memory."""
    rng = random.Random(seed)
    numbers = list(range(events // (renewals + 1)))
    with file.open("wb") as stream:
        for renewal in range(renewals + 1):
            rng.shuffle(numbers)
            for number in numbers:
                stream.write(orjson.dumps(event_of(number, renewal, rng)) + b"\n")
    return len(numbers) * (renewals + 1)
