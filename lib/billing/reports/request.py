"""What was asked of a report, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..domain.audit_filters import AuditFilters
from ..domain.errors import WrongUsage
from ..domain.filters import Filters
from ..domain.findings import FindingFilters
from ..domain.periods import PERIODS
from ..domain.policy import Policy
from ..domain.rates import Rates
from ..domain.times import as_of_second, day_start
from ..settings.setup import Setup


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Days are in the business time zone. ``starts`` and ``ends`` are half-open unix seconds."""

    name: str
    setup: Setup
    now: int  # the time the report is judged at
    as_of: int | None  # last effective second taken in; None = everything stored
    starts: int | None
    ends: int | None
    by: str
    currency: str | None
    policy: str
    limit: int | None
    filters: Filters  # what lists are narrowed to; its sort and page are not used
    board: FindingFilters | AuditFilters | None = None  # the same of drift and the audit
    reporting: bool = False  # amounts in the reporting currency

    @classmethod
    def parse(
        cls,
        name: str,
        setup: Setup,
        *,
        now: int,
        as_of: str | None = None,
        start: str | None = None,
        end: str | None = None,
        by: str | None = None,
        currency: str | None = None,
        policy: str | None = None,
        limit: int | None = None,
        reporting: bool = False,
    ) -> ReportRequest:
        """Raises WrongUsage with a sentence that says what a usable value looks like."""
        until = None if as_of is None else _as_of(as_of, setup.timezone)
        starts = None if start is None else day_start(_day("--from", start), setup.timezone)
        ends = None
        if end is not None:
            ends = day_start(_day("--to", end) + timedelta(days=1), setup.timezone)
        if starts is not None and ends is not None and starts >= ends:
            raise WrongUsage(f"--from {start} is after --to {end}.")
        if by is not None and by not in PERIODS:
            raise WrongUsage(f"--by {by!r} is none of {', '.join(PERIODS)}.")
        if policy is not None and policy not in setup.policies:
            raise WrongUsage(f"--policy {policy!r} is none of {', '.join(sorted(setup.policies))}.")
        if limit is not None and limit < 1:
            raise WrongUsage("--limit must be 1 or more.")
        if reporting and setup.rates is None:
            raise WrongUsage("--reporting needs a reporting_currency in portside.toml.")
        code = None if currency is None else _currency(currency)
        return cls(
            name=name,
            setup=setup,
            now=now if until is None else until,
            as_of=until,
            starts=starts,
            ends=ends,
            by=by or "month",
            currency=code,
            policy=policy or setup.policy,
            limit=limit,
            filters=Filters(currencies=(code,) if code else (), starts=starts, ends=ends),
            reporting=reporting,
        )

    def narrowed(self, filters: Filters) -> ReportRequest:
        """The same for what a page shows: its filters, dates, division and currency."""
        kept = filters.cleaned()
        return replace(
            self,
            filters=kept,
            starts=kept.starts,
            ends=kept.ends,
            by=kept.by if kept.by in PERIODS else self.by,
            currency=kept.currencies[0] if len(kept.currencies) == 1 else None,
        )

    @property
    def judged_by(self) -> Policy:
        """The policy that was asked for."""
        return self.setup.policies[self.policy]

    @property
    def rates(self) -> Rates | None:
        """What amounts are converted by; None when they stay in their currency."""
        return self.setup.rates if self.reporting else None

    @property
    def needs_scratch(self) -> bool:
        """Whether the kept projection cannot answer: an earlier time, or another policy."""
        return self.as_of is not None or self.policy != self.setup.policy


def _as_of(text: str, timezone: str) -> int:
    try:
        return as_of_second(text, timezone)
    except ValueError as error:
        raise WrongUsage(f"--as-of {error}") from None


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{option} {text!r} is not a day such as 2026-01-31.") from None
    if not 1970 <= day.year <= 9998:
        raise WrongUsage(f"{option} {text!r} is not between the years 1970 and 9998.")
    return day


def _currency(text: str) -> str:
    code = text.strip().lower()
    if len(code) != 3 or not code.isalpha() or not code.isascii():
        raise WrongUsage(f"--currency {text!r} is not a three-letter code such as usd.")
    return code
