"""The facade's part for the founders' pages: upgrades, what leaves, what stands out."""

from __future__ import annotations

from collections.abc import Callable

from .domain.filters import MAX_PAGE, clean
from .domain.lookbacks import Lookback, lookbacks
from .domain.times import period_of
from .domain.upgrade_filters import EVERY_UPGRADE, UpgradeFilters
from .retention.calendar import months_before
from .settings.setup import Setup
from .showing import level, months, outlook, runway, upgrades
from .showing.upgrade_views import (
    MonthStanding,
    Outlook,
    PlanPath,
    Runway,
    RunwayItem,
    TrialSpan,
    UpgradeItem,
    UpgradeMonth,
)
from .showing.views import Listing
from .store import closes
from .store.queries.reading import Reader
from .store.queries.spans import Span


class FoundersDesk:
    """Reads what founders look at in the morning. Amounts are of one currency."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def lookbacks(self) -> tuple[Lookback, ...]:
        """The stretches of time that pages look back on, each with the one before it."""
        return lookbacks(self._clock(), self._setup.timezone)

    def upgrades(self, filters: UpgradeFilters = EVERY_UPGRADE) -> Listing[UpgradeItem]:
        """One page of upgrades, newest first; bars by what changed. Steps that left MRR as it was
        are in `level_upgrades`."""
        return upgrades.upgrades(self._reader, self._setup, filters.cleaned())

    def level_upgrades(self, filters: UpgradeFilters = EVERY_UPGRADE) -> Listing[UpgradeItem]:
        """One page of the steps up that left MRR as it was, newest first, of the filters' time
        and currencies. Reads every change of a price in that time: only for whoever asks."""
        return level.level(self._reader, self._setup, filters.cleaned())

    def upgrade_paths(self, filters: UpgradeFilters = EVERY_UPGRADE) -> tuple[PlanPath, ...]:
        """From which plan to which, the most taken first."""
        return upgrades.paths(self._reader, self._setup, filters.cleaned())

    def upgrade_months(self, currency: str) -> tuple[UpgradeMonth, ...]:
        """Upgrades and trials of the last twelve months, the running one last."""
        return upgrades.months(self._reader, self._setup, self._clock(), clean(currency))

    def trials(self, currency: str, spans: tuple[tuple[int, int], ...]) -> tuple[TrialSpan, ...]:
        """Trials of each ``starts <= second < ends``."""
        wanted = [Span(*span) for span in spans]
        with self._reader.open() as connection:
            found = upgrades.trial_spans(connection, self._setup, wanted, clean(currency))
        return tuple(found)

    def standing_months(self, currency: str) -> tuple[MonthStanding, ...]:
        """MRR and customers of every month since the first, the running one last."""
        with self._reader.open() as connection:
            found = months.standing_months(
                connection,
                self._setup.policy,
                self._setup.timezone,
                self._clock(),
                clean(currency),
            )
        return tuple(found)

    def runway(self, currency: str) -> Runway:
        """What leaves MRR in the next eight weeks, and besides."""
        return runway.runway(self._reader, self._setup, self._clock(), clean(currency))

    def leaving(
        self, currency: str, starts: int, ends: int, *, limit: int = 25, offset: int = 0
    ) -> Listing[RunwayItem]:
        """One page of who is behind ``starts <= second < ends`` of the runway."""
        page = min(max(limit, 1), MAX_PAGE), max(offset, 0)
        return runway.leaving(self._reader, clean(currency), Span(starts, ends), *page)

    def outlook(self, currency: str) -> Outlook:
        """What stands out, and who pays most. Reads whole months of movements."""
        return outlook.outlook(self._reader, self._setup, self._clock(), clean(currency))

    def month_to_close(self) -> str | None:
        """The last complete month where it is not closed yet, such as ``2026-10``."""
        zone = self._setup.timezone
        (span,) = months_before(self._clock(), 1, zone)
        month = period_of(span.starts, "month", zone)
        with self._reader.open() as connection:
            last = closes.last(connection, self._setup.policy)
        return None if last is not None and last.month >= month else month
