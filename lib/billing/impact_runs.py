"""Candidates tried out beside the pages: every customer folded in a thread of its own, one
candidate at a time. Nothing is kept but what was found, in memory, of the last few.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Final, Literal

from .domain.catalog_impact import Tally
from .domain.errors import BillingError, RateLimited
from .impact import Impact
from .showing.impact_rows import kinds_of, row_of, sentence_of
from .showing.plan_views import ImpactRow, ImpactRun

MOST_ROWS: Final = 1_000
MOST_KEPT: Final = 8
MOST_WAITING: Final = 3
BREATH: Final = 0.002
"""Seconds in which pages come first, after each portion of customers."""

PORTION: Final = 50
SPEAKS_AFTER: Final = 1.5
"""Seconds before it is said how long the rest takes."""

State = Literal["waiting", "running", "done", "stopped", "failed"]


@dataclass
class _Run:
    """One candidate. Its thread alone writes; whoever looks sees the last state."""

    key: str
    watermark: int
    at: int
    make: Callable[[], tuple[Impact, int]]
    names: dict[str, str]
    state: State = "waiting"
    total: int = 0
    began: float = 0.0
    tally: Tally = field(default_factory=Tally)
    rows: list[ImpactRow] = field(default_factory=list)
    trouble: str | None = None
    stop: Event = field(default_factory=Event)

    @property
    def over(self) -> bool:
        return self.state not in ("waiting", "running")

    def seen(self) -> ImpactRun:
        tally, share = self.tally, 1.0
        if not self.over:
            share = min(tally.customers / self.total, 1.0) if self.total else 0.0
        done = self.state == "done"
        return ImpactRun(
            key=self.key,
            watermark=self.watermark,
            state=self.state,
            at=self.at,
            share=share,
            left=self._left(share),
            customers=tally.customers,
            changed=tally.changed,
            sentence=sentence_of(tally) if done else "",
            kinds=kinds_of(tally, self.names) if done else (),
            rows=tuple(self.rows) if done else (),
            names=self.names,
            trouble=self.trouble,
        )

    def _left(self, share: float) -> int | None:
        spent = time.monotonic() - self.began
        if self.state != "running" or not share or spent < SPEAKS_AFTER:
            return None
        return round(spent / share - spent)


class ImpactRuns:
    """Starts, follows and stops them. Of one key there is one run, whoever asks for it."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._lock = Lock()
        self._turn = Lock()

    def start(
        self,
        key: str,
        make: Callable[[], tuple[Impact, int]],
        *,
        watermark: int,
        at: int,
        names: dict[str, str],
    ) -> None:
        """Begin, unless the same is under way or was found already.

        Args:
            make: the comparison and how many customers it goes over; called in the thread.
            names: plan slug -> its name in the candidate.

        Raises RateLimited when several others wait.
        """
        with self._lock:
            known = self._runs.get(key)
            if known is not None and known.state in ("waiting", "running", "done"):
                self._runs.move_to_end(key)
                return
            if sum(not run.over for run in self._runs.values()) >= MOST_WAITING:
                raise RateLimited(
                    "Other candidates are being compared. Wait until they are through, then try "
                    "again."
                )
            run = self._runs[key] = _Run(key, watermark, at, make, names)
            self._forget()
        Thread(target=self._carry_out, args=(run,), name="impact", daemon=True).start()

    def of(self, key: str) -> ImpactRun | None:
        """How far it is and what it found; None of one that is forgotten."""
        with self._lock:
            run = self._runs.get(key)
            return None if run is None else run.seen()

    def stop(self, key: str) -> None:
        """End it where it is. What it found so far is dropped: half of it would mislead."""
        with self._lock:
            run = self._runs.get(key)
        if run is not None:
            run.stop.set()

    def _forget(self) -> None:
        over = [key for key, run in self._runs.items() if run.over]
        for key in over[: max(len(self._runs) - MOST_KEPT, 0)]:
            del self._runs[key]

    def _carry_out(self, run: _Run) -> None:
        with self._turn:
            try:
                run.state = "stopped" if run.stop.is_set() else self._compare(run)
            except BillingError as error:
                run.trouble = str(error)
                run.state = "failed"
            except Exception as error:  # the thread's end must not leave a page waiting for ever
                run.trouble = f"It broke off ({type(error).__name__}). Nothing was changed."
                run.state = "failed"
        run.make = _done_with

    def _compare(self, run: _Run) -> State:
        run.began, run.state = time.monotonic(), "running"
        impact, run.total = run.make()
        with closing(impact.steps(PORTION)) as steps:
            for change in steps:
                run.tally = impact.tally
                if run.stop.is_set():
                    run.rows.clear()
                    return "stopped"
                if change is None:
                    time.sleep(BREATH)
                elif len(run.rows) < MOST_ROWS:
                    run.rows.append(row_of(change))
        run.tally = impact.tally
        return "done"


def _done_with() -> tuple[Impact, int]:
    raise RuntimeError("a run is carried out once")
