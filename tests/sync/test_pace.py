"""The pace at which Stripe is asked."""

from __future__ import annotations

import pytest

from lib.billing.reading.pace import Pace


class Watch:
    """A clock that moves only while someone sleeps on it, or when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("per_second", [1, 5, 20])
def test_no_second_sees_more_than_allowed(per_second):
    watch = Watch()
    pace = Pace(per_second, clock=watch, sleep=watch.sleep)
    sent = []
    for number in range(5 * per_second):
        pace.wait()
        sent.append(watch.now)
        watch.now += 0.7 if number == 3 else 0.001
    seen = [sum(at <= other < at + 0.999 for other in sent) for at in sent]
    assert max(seen) == per_second


def test_who_is_slow_anyway_never_waits():
    watch = Watch()
    pace = Pace(10, clock=watch, sleep=lambda _: pytest.fail("it slept"))
    for _ in range(5):
        pace.wait()
        watch.now += 0.11
