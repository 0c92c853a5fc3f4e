"""A report under way: its rows pass one by one, and its totals are added up as they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .definition import Definition, Row
from .fields import Field
from .head import Head
from .request import ReportRequest
from .tally import Totals


class Stream(Head):
    """What is known of a report before its first row, then its rows, then its totals.

    ``rows`` can be gone through once. They are as the store gives them: times are unix seconds;
    `fields.outward` makes of each value what JSON shows. ``told`` hears now and then how many rows
    have passed, those beyond a limit included.
    """

    TELL_EVERY = 2_000

    def __init__(
        self,
        definition: Definition,
        request: ReportRequest,
        rows: Iterable[Row],
        *,
        watermark: int,
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.name = definition.name
        self.question = definition.question
        self.order = definition.order
        self.fields: tuple[Field, ...] = definition.fields
        self.as_of = request.now
        self.livemode = request.setup.livemode
        self.policy = request.policy
        self.timezone = request.setup.timezone
        self.watermark = watermark
        self.count = 0
        self._tally = definition.tally()
        self._limit = request.limit
        self._told = told
        self.rows = self._pass(rows)

    def _pass(self, rows: Iterable[Row]) -> Iterator[Row]:
        seen = 0
        for seen, row in enumerate(rows, 1):
            self._tally.add(row)
            if seen % self.TELL_EVERY == 0:
                self._told(seen)
            if self._limit is None or seen <= self._limit:
                self.count = seen
                yield row
        self._told(seen)

    def totals(self) -> Totals:
        """Sums by currency, of every row that has passed: complete after the last one."""
        return self._tally.found()
