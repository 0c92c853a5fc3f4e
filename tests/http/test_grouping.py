"""Who is committed together: a commit is told a group, and answers when the last has arrived."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from lib.billing.intake.arrivals import Arrival
from lib.billing.intake.grouping import Grouping
from lib.billing.intake.summary import Outcome


class Writer:
    """Takes a while for every commit, and remembers how many each was of."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    def commit(self, arrivals: Sequence[Arrival], _source: str) -> list[Outcome]:
        self.groups.append(len(arrivals))
        time.sleep(0.02)
        return [Outcome(arrival.event_id, "applied") for arrival in arrivals]


def _arrival(event_id: str) -> Arrival:
    return Arrival(event_id, "customer.updated", 1, None, False, "applied", None, (), b"{}")


async def _deliver(grouping: Grouping, name: str, events: int, told: list[str]) -> None:
    for number in range(events):
        told.append((await grouping.submit(_arrival(f"{name}_{number}"))).event_id)


def _groups(*events: int) -> list[int]:
    """Sizes of the commits when so many senders have so many events each, one after the other."""
    writer = Writer()
    told: list[str] = []

    async def run() -> None:
        grouping = Grouping(writer.commit)
        await asyncio.gather(
            *(_deliver(grouping, f"s{n}", count, told) for n, count in enumerate(events))
        )
        await grouping.close()

    asyncio.run(run())
    assert sorted(told) == sorted(
        f"s{n}_{e}" for n, count in enumerate(events) for e in range(count)
    )
    return writer.groups


@pytest.mark.parametrize(
    ("events", "groups"),
    [
        pytest.param((3,), [1, 1, 1], id="one sender"),
        pytest.param((4, 4, 4, 4), [4, 4, 4, 4], id="several who go on"),
        pytest.param((3, 3, 1), [3, 2, 2], id="one who stops"),
    ],
)
def test_who_was_just_answered_is_waited_for(events: tuple[int, ...], groups: list[int]) -> None:
    assert _groups(*events) == groups


def test_two_halves_that_missed_each_other_find_together() -> None:
    writer = Writer()

    async def run() -> None:
        grouping = Grouping(writer.commit)
        told: list[str] = []
        early = [asyncio.create_task(_deliver(grouping, f"e{n}", 4, told)) for n in range(4)]
        while not writer.groups:
            await asyncio.sleep(0)
        late = [asyncio.create_task(_deliver(grouping, f"l{n}", 3, told)) for n in range(4)]
        await asyncio.gather(*early, *late)
        await grouping.close()

    asyncio.run(run())
    assert writer.groups == [4, 8, 8, 8]
