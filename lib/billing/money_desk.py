"""The facade's part for the MRR page: the roll-forward, its receipts, its trend and its audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import audits
from .domain.errors import WrongUsage
from .domain.filters import MAX_PAGE, clean
from .domain.periods import PERIODS
from .settings.setup import Setup
from .showing import receipts, roll_forward, self_audit
from .showing.audit_lines import SelfAudit
from .showing.money_views import Receipts, RollForward, Trend
from .store.queries import kept_sums
from .store.queries.reading import Reader

MOST_PERIODS = 1_000


class MoneyDesk:
    """Reads MRR as it moved. A currency of None is all of them in the reporting currency."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    @property
    def reporting_currency(self) -> str | None:
        """What amounts of all currencies are converted to; None when it is not configured."""
        return self._setup.rates.to if self._setup.rates else None

    def mrr_currencies(self) -> tuple[str, ...]:
        """Every currency in which there is or was MRR, the one with most customers first."""
        with self._reader.open() as connection:
            return tuple(kept_sums.mrr_currencies(connection, self._setup.policy))

    def roll_forward(
        self, currency: str | None, *, by: str = "month", back: int = 12
    ) -> RollForward:
        """The last ``back`` days, weeks, months or quarters, the running one with them.

        Raises WrongUsage for a period that is none, and without a reporting currency.
        """
        return roll_forward.roll_forward(
            self._reader, self._setup, self._clock(), _code(currency), _by(by), _back(back)
        )

    def trend(self, currency: str | None, *, by: str = "month", back: int = 12) -> Trend:
        """MRR day by day through the same periods, and what is to leave from now on."""
        return roll_forward.trend(
            self._reader, self._setup, self._clock(), _code(currency), _by(by), _back(back)
        )

    def receipts(
        self,
        part: str,
        currency: str | None,
        *,
        starts: int,
        ends: int,
        limit: int = 25,
        offset: int = 0,
    ) -> Receipts[Any]:
        """One page of the rows that sum to one number of the roll-forward.

        ``part``: opening, closing, committed, fx or a kind of movement, of ``starts <= second <
        ends``. Rows are movements, customers' balances, or conversions where all currencies are
        asked for. Raises WrongUsage.
        """
        page = min(max(limit, 1), MAX_PAGE), max(offset, 0)
        return receipts.receipts(
            self._reader, self._setup, self._clock(), part, _code(currency), (starts, ends), page
        )

    def self_audit(self) -> SelfAudit:
        """Whether every way to the same number leads to it, and which rows say otherwise.

        Of a large company the last one that was made beside the receiver.
        """
        with self._reader.open() as connection:
            if audits.large(connection, self._setup):
                return audits.kept(connection) or SelfAudit((), waits=True)
        return self_audit.self_audit(self._reader, self._setup, self._clock())


def _code(currency: str | None) -> str | None:
    return None if currency is None else clean(currency).lower()


def _by(by: str) -> str:
    if by not in PERIODS:
        raise WrongUsage(f"{by!r} is none of {', '.join(PERIODS)}.")
    return by


def _back(back: int) -> int:
    return min(max(back, 1), MOST_PERIODS)
