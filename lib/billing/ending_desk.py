"""The facade's part for the Winding down page: runway by plan and reason, saves, the back-test."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, Literal

from .domain.back_test import Tested
from .domain.errors import WrongUsage
from .domain.filters import EVERYTHING, Filters, clean
from .domain.times import period_of
from .retention.calendar import months_before
from .retention.ends_kept import Ends, EndsKept
from .settings.rules import current_rules
from .settings.setup import Setup
from .showing import back_test, ending
from .showing.ending_views import BackTest, BackTestItem, EndingPart, Savable, SaveCell, SaveItem
from .showing.views import Listing
from .store import aside
from .store.queries.reading import Reader

MONTHS_TESTED: Final = 6


class EndingDesk:
    """Reads what winds down, and what became of what did."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup
    _ends: EndsKept
    _tests: Tests

    def ending_parts(self, by: Literal["plan", "reason"]) -> tuple[EndingPart, ...]:
        """All that is winding down, by the week of its end, by plan or reason, and currency."""
        if by not in ("plan", "reason"):
            raise WrongUsage(f"{by!r} is neither plan nor reason.")
        return ending.parts(self._reader, self._setup, by)

    def savable_this_week(self) -> Savable:
        """What ends until the week is over and has not ended yet."""
        return ending.savable(self._reader, self._setup, self._clock())

    def save_board(self) -> tuple[SaveCell, ...]:
        """Every scheduled end, by month of the planned end, reason and currency.

        The first time in a process it reads all that was ever seen of subscriptions.
        """
        return ending.board(self._scheduled(), self._setup, self._clock())

    def saves(self, filters: Filters = EVERYTHING) -> Listing[SaveItem]:
        """One page of scheduled ends. ``statuses``: saved, lost, open.

        Sortable: ends_at, mrr_minor, scheduled_at, closed_at.
        """
        ends, wanted = self._scheduled(), filters.cleaned()
        return ending.saves(self._reader, ends, self._clock(), wanted)

    def months_to_test(self) -> tuple[str, ...]:
        """The months whose runway can be tested, the latest first: those that are over."""
        zone = self._setup.timezone
        spans = months_before(self._clock(), MONTHS_TESTED, zone)
        return tuple(period_of(span.starts, "month", zone) for span in reversed(spans))

    def back_test(self, month: str) -> BackTest:
        """What the runway said at the month's start, against what left in it.

        Folds everybody who was scheduled then. Raises WrongUsage for a month that is not over.
        """
        return self._tested(month)[0]

    def back_tested(self, month: str, filters: Filters = EVERYTHING) -> Listing[BackTestItem]:
        """One page of the rows behind it, the largest amount first; a sum's count is of
        subscriptions. ``statuses``: came_true, saved, moved, unforeseen."""
        rows = self._tested(month)[1]
        with self._reader.open() as connection:
            return back_test.page(connection, rows, filters.cleaned())

    def _scheduled(self) -> Ends:
        with self._reader.open() as connection:
            return self._ends.current(connection, current_rules(connection, self._setup))

    def _tested(self, month: str) -> tuple[BackTest, tuple[Tested, ...]]:
        month = clean(month)
        if back_test.span_of(month, self._setup.timezone).ends > self._clock():
            raise WrongUsage(f"{month} is not over: its runway cannot be tested yet.")
        with self._reader.open() as connection:
            rules = current_rules(connection, self._setup)
            key = (month, aside.last_seen(connection))
            return self._tests.kept(
                key,
                lambda: back_test.back_test(
                    connection, self._setup, rules, self._ends.current(connection, rules), month
                ),
            )


class Tests:
    """The last back-tests, so that turning a page of rows does not fold everybody again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, int], tuple[BackTest, tuple[Tested, ...]]] = (
            OrderedDict()
        )

    def kept(
        self,
        key: tuple[str, int],
        make: Callable[[], tuple[BackTest, tuple[Tested, ...]]],
    ) -> tuple[BackTest, tuple[Tested, ...]]:
        """What was made for ``key``: a month, and the newest observation it knows of."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > MONTHS_TESTED:
                    self._kept.popitem(last=False)
            return self._kept[key]
