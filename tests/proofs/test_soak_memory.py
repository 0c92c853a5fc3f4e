"""Whether a process grows, judged by looks at its memory."""

from __future__ import annotations

import math

import pytest

from proofs.soak.memory import MIB, Look, slope

HOUR = 3_600
SIZE = 100 * MIB


def looks(*, hourly=0.0, every=5, process=1, begin=0, end=HOUR, wave=0.0, step_at=None):
    """Every few seconds, in MiB an hour; ``step_at``: the second at which a cache fills."""
    found = []
    for at in range(begin, end, every):
        size = SIZE + hourly * MIB * at / HOUR + wave * MIB * math.sin(at / 30)
        size += 12 * MIB if step_at is not None and at >= step_at else 0
        found.append(Look(float(at), process, int(size)))
    return found


CASES = {
    "what stays is flat": (looks(), True),
    "what breathes is flat": (looks(wave=6), True),
    "a cache that fills once before the half is flat": (looks(step_at=900), True),
    "a cache that fills once after the half is flat": (looks(step_at=2_100), True),
    "what shrinks is flat": (looks(hourly=-40), True),
    "a twentieth an hour is flat": (looks(hourly=5), True),
    "a fifth an hour grows": (looks(hourly=20), False),
    "a leak under waves grows": (looks(hourly=30, wave=6), False),
    "who was restarted in the second half is judged by its longest life": (
        looks(end=2_000) + looks(process=2, begin=2_000, hourly=40),
        False,
    ),
    "who is killed every minute cannot be judged": (
        [
            look
            for n in range(60)
            for look in looks(process=n, begin=60 * n, end=60 * n + 60, hourly=999)
        ],
        None,
    ),
    "who was never seen cannot be judged": ([], None),
}


@pytest.mark.parametrize(("seen", "flat"), CASES.values(), ids=CASES.keys())
def test_what_is_called_flat(seen, flat):
    assert slope(seen, HOUR).flat is flat


def test_a_slope_is_told_in_mebibytes_an_hour():
    assert slope(looks(hourly=20), HOUR).told() == "115 MiB, +20.0 MiB an hour: grows (120 at most)"
