"""The facade's part for the Churn and retention page."""

from __future__ import annotations

from collections.abc import Callable

from .domain.filters import EVERYTHING, Filters
from .retention.values import ChurnPeriod, CohortMonth
from .settings.setup import Setup
from .showing import retention
from .showing.retention import Dimension
from .showing.retention_views import ChurnedItem, ChurnPart
from .showing.views import Listing
from .store.queries.reading import Reader


class RetentionDesk:
    """Reads who came, who stayed and who left. Everything is of one currency."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def paid_currencies(self) -> tuple[str, ...]:
        """Every currency in which anybody ever paid, the one with the most movements first."""
        return retention.currencies(self._reader, self._setup)

    def churn_periods(self, by: str, currency: str) -> tuple[ChurnPeriod, ...]:
        """The latest periods, the oldest first and the running one last.

        ``by`` is day, week, month or quarter.
        """
        return retention.recent(self._reader, self._setup, self._clock(), by, currency)

    def churned(self, filters: Filters = EVERYTHING) -> Listing[ChurnedItem]:
        """One page of who left in ``starts <= second < ends``, each customer once; bars are empty.

        Sortable: left_at, mrr_minor, plan, reason, customer.
        """
        return retention.churned(self._reader, self._setup, filters.cleaned())

    def churn_parts(
        self, dimension: Dimension, currency: str, starts: int, ends: int
    ) -> tuple[ChurnPart, ...]:
        """Customers at ``starts`` and who of them left before ``ends``, by plan, interval or stay.

        An unknown plan or interval is called "".
        """
        return retention.churn_parts(self._reader, self._setup, dimension, currency, starts, ends)

    def cohorts(self, currency: str) -> tuple[CohortMonth, ...]:
        """Every cohort with every month up to now's, by cohort and month."""
        return retention.cohorts(self._reader, self._setup, self._clock(), currency)
