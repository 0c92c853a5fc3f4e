"""What a run of the comparison found, and what it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

BARE: Final = "bare insert and commit, one by one"
BARE_FIFTY: Final = "bare insert and commit, fifty a commit"
CHECKED: Final = "signature and JSON alone, nothing stored"
ENGINE_ONE: Final = "sync engine, one at a time"
DJ_STRIPE: Final = "dj-stripe, one at a time"
IMPORTED: Final = "Portside, import of a file"
REPLAYED: Final = "Portside, replay"
REPLAY_FACTOR: Final = 10.0
AT_ONCE: Final = 32


def engine(at_once: int) -> str:
    return ENGINE_ONE if at_once == 1 else f"sync engine, {at_once} at once"


def in_process(batch: int) -> str:
    return f"Portside, {batch:,} a commit" if batch > 1 else "Portside, one a commit"


def over_http(at_once: int, receivers: int) -> str:
    servers = f"{receivers} receiver{'s' if receivers > 1 else ''}"
    return f"Portside over HTTP, {at_once} at once, {servers}"


@dataclass(frozen=True, slots=True)
class Line:
    """Events a second of each round, or why there are none."""

    what: str
    rates: tuple[float, ...] = ()
    why: str = ""

    @property
    def rate(self) -> float | None:
        return statistics.median(self.rates) if self.rates else None


IN_PROCESS: Final = "in process, fifty a commit, to the sync engine's best"
OVER_HTTP: Final = f"over HTTP, {AT_ONCE} at once, to the sync engine's best in process"
IMPORT: Final = "import, to the sync engine one at a time"


class Target(NamedTuple):
    """``ratio``: None when one of the two was not measured."""

    what: str
    wanted: float
    ratio: float | None

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not measured"
        return "met" if self.ratio >= self.wanted else "missed"


def targets(lines: Sequence[Line], http: Mapping[tuple[int, int], str]) -> list[Target]:
    """Each target beside what was measured. ``http``: (at once, receivers) -> name of its line."""
    rates = {line.what: line.rate for line in lines}
    best = engine_best(lines)
    fifty = rates.get(in_process(50))
    posted = [rates.get(name) for (at_once, _), name in http.items() if at_once == AT_ONCE]
    fastest = max((rate for rate in posted if rate is not None), default=None)
    one = rates.get(ENGINE_ONE)
    return [
        Target(IN_PROCESS, 3.0, _ratio(fifty, best)),
        Target(
            "in process, fifty a commit, to dj-stripe", 50.0, _ratio(fifty, rates.get(DJ_STRIPE))
        ),
        Target(
            OVER_HTTP,
            1.5,
            _ratio(fastest, best),
        ),
        Target(
            IMPORT,
            REPLAY_FACTOR,
            _ratio(rates.get(IMPORTED), one),
        ),
        Target(
            "replay, to the sync engine one at a time",
            REPLAY_FACTOR,
            _ratio(rates.get(REPLAYED), one),
        ),
    ]


def engine_best(lines: Sequence[Line]) -> float | None:
    """The sync engine's fastest rate."""
    rates = [line.rate for line in lines if line.what.startswith("sync engine")]
    return max((rate for rate in rates if rate is not None), default=None)


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other
