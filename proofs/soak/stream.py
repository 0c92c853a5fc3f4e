"""What is told: lives without end, one event in fifty with up to three faults in it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..crash import lives
from ..life import Life, Plot, Raw
from ..mutation import spoilt

SPOILT: Final = 0.02


@dataclass(frozen=True)
class Told:
    """``customer``: whose event it is, as far as it says so. ``spoilt``: it may be refused."""

    number: int
    body: bytes
    customer: str | None
    spoilt: bool


def stream(seed: int) -> Iterator[Told]:
    """Bodies without end. No two have one id: which of two was first would depend on luck."""
    rng = random.Random(seed)
    sound, faulty = lives(seed), _faulty(rng)
    number = 0
    while True:
        number += 1
        if rng.random() < SPOILT:
            yield Told(number, next(faulty), None, spoilt=True)
        else:
            event = next(sound)
            name = event["data"]["object"].get("customer")
            customer = name if isinstance(name, str) else None
            yield Told(number, json.dumps(event).encode(), customer, spoilt=False)


def _faulty(rng: random.Random) -> Iterator[bytes]:
    """Of customers of their own, so that no sound life hangs on them."""
    found: list[Raw] = [
        event
        for number in range(8)
        for event in Life(Plot(number, turns=16), f"spoilt{number}").told
    ]
    for number, body in enumerate(spoilt(found, rng)):
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            yield body
            continue
        if isinstance(event, dict) and isinstance(event.get("id"), str):
            yield json.dumps(event | {"id": f"evt_soak_spoilt_{number}"}).encode()
        else:
            yield body
