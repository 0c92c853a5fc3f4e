"""What is known of churn in one period, and of one cohort in one month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain import churn_rates as rates
from ..domain.churn_rates import Moved
from ..domain.ratio import Ratio


@dataclass(frozen=True, slots=True)
class ChurnPeriod:
    """One period of one currency; ``starts <= second < ends``, cut at the time of the report.

    ``churned``: everyone who left in it; ``churn`` may divide fewer of them, and may be of another
    window. ``voluntary``, ``involuntary``, ``unknown`` and ``reasons`` each sum to ``churned``.
    """

    name: str
    starts: int
    ends: int
    complete: bool  # nothing of it lies ahead
    reconstructed: bool  # from before the first event, or with movements inferred from objects
    currency: str
    moved: Moved
    customers_start: int
    customers_end: int
    new: int
    returned: int
    churned: int
    switched: int  # of those who left, who went on in another currency
    churn: Ratio
    arpa: Ratio  # minor units, at the period's end
    ltv: Ratio  # minor units
    quick_ratio: Ratio
    trials: Ratio
    voluntary: int
    involuntary: int
    unknown: int
    reasons: Mapping[str, int]  # feedback, else cancellation reason, else "unknown" → customers

    @property
    def arpa_minor(self) -> int | None:
        return rates.in_minor(self.arpa)

    @property
    def ltv_minor(self) -> int | None:
        return rates.in_minor(self.ltv)

    @property
    def rates(self) -> dict[str, Ratio]:
        """Every rate by the slug of its metric, the most looked at first."""
        return {
            "customer_churn": self.churn,
            "net_mrr_churn": rates.net_mrr_churn(self.moved),
            "nrr": rates.nrr(self.moved),
            "grr": rates.grr(self.moved),
            "gross_mrr_churn": rates.gross_mrr_churn(self.moved),
            "arpa": self.arpa,
            "ltv": self.ltv,
            "quick_ratio": self.quick_ratio,
            "trial_conversion": self.trials,
        }


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """What is left of a cohort at the end of one month; ``index`` 0 is the month it began in."""

    cohort: str  # 2026-01
    currency: str
    index: int
    complete: bool  # the month is over
    customers: int  # whose first MRR fell into month 0
    kept: int  # of them, who pay at the month's end
    mrr_minor: int  # theirs at the end of month 0
    kept_minor: int  # theirs at the month's end

    @property
    def customer_retention(self) -> Ratio:
        return rates.retention(self.kept, self.customers, self.customers)

    @property
    def mrr_retention(self) -> Ratio:
        return rates.retention(self.kept_minor, self.mrr_minor, self.customers)
