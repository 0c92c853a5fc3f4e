"""Batches one behind the other: the next is begun while PostgreSQL still writes the last.

Each is a transaction on a connection of its own. The next one waits for whatever the last one holds
and it needs, and sends nothing to be written before the last one is committed: so what is stored,
and in which order, is the same as if each had been waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from .arrivals import Arrival
from .summary import Outcome

Batch = Sequence[Arrival]
Steps = Generator[list[Outcome]]


class InTurn:
    """``steps``: `Writer.steps`. ``commit``: one batch by itself, whatever goes wrong with it."""

    def __init__(
        self, steps: Callable[[Batch], Steps], commit: Callable[[Batch], list[Outcome]]
    ) -> None:
        self._steps = steps
        self._commit = commit
        self._last: tuple[Batch, Steps] | None = None

    def put(self, batch: Batch) -> list[Outcome]:
        """Write a batch; gives the outcomes of what was committed meanwhile.

        Raises DatabaseUnavailable.
        """
        steps = self._steps(batch)
        begun = _goes_on(steps)
        told, whole = self._ended(steps)
        if begun and whole and _goes_on(steps):
            self._last = batch, steps
            return told
        return told + self._commit(batch)

    def end(self) -> list[Outcome]:
        """Wait for the last batch; gives its outcomes. Raises DatabaseUnavailable."""
        return self._ended(None)[0]

    def _ended(self, next_one: Steps | None) -> tuple[list[Outcome], bool]:
        """The last batch's outcomes, and whether it went as it was sent."""
        if self._last is None:
            return [], True
        (batch, steps), self._last = self._last, None
        try:
            return next(steps), True
        except Exception:
            if next_one is not None:
                next_one.close()  # what it holds is needed now
            return self._commit(batch), False


def _goes_on(steps: Steps) -> bool:
    """Take the next step; False when it failed, and nothing of the batch is left."""
    try:
        next(steps)
    except Exception:  # tried again alone, it fails with its own reason
        return False
    return True
