"""What a report is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..domain.errors import WrongUsage
from ..domain.permissions import Permission
from ..store.queries.reading import Connection
from .fields import Field
from .request import ReportRequest

Row = dict[str, Any]
Totals = Mapping[str, Mapping[str, int | None]]
Rows = Callable[[Connection, ReportRequest], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Definition:
    """One report: its fields in order, what it can be narrowed by, and where its rows come from."""

    name: str
    question: str  # what it answers, in a sentence
    fields: tuple[Field, ...]
    rows: Rows
    dated_by: str | None = None  # the field that --from and --to bound
    has_currency: bool = True
    periodic: bool = False  # takes --by
    converts: bool = False  # takes --reporting
    kept_only: bool = False  # read from what was stored, never from a projection made for it
    permission: Permission = Permission.EXPORT  # what taking it away asks for, beside EXPORT
    sums: tuple[str, ...] = field(default=())  # fields that totals add up, by currency
    counted_as: str | None = None  # the name of the totals' row count
    totals: Callable[[Sequence[Row]], Totals] | None = None

    def check(self, request: ReportRequest) -> None:
        """Raise WrongUsage for an option that this report has no use for."""
        if self.dated_by is None and (request.starts is not None or request.ends is not None):
            raise WrongUsage(
                f"The report {self.name} is a state, not a list over time: use --as-of instead of "
                "--from and --to."
            )
        if not self.has_currency and request.currency is not None:
            raise WrongUsage(f"The rows of {self.name} have no currency: leave --currency out.")
        if request.reporting and not self.converts:
            raise WrongUsage(
                f"The report {self.name} keeps every amount in its own currency: leave --reporting "
                "out."
            )

    def totals_of(self, rows: Sequence[Row]) -> Totals:
        """Sums by currency; rows without a known currency are in none."""
        if self.totals is not None:
            return self.totals(rows)
        if not self.has_currency:
            return {}
        found: dict[str, dict[str, int]] = {}
        for row in rows:
            if row["currency"] is None:
                continue
            total = found.setdefault(
                row["currency"],
                ({self.counted_as: 0} if self.counted_as else {}) | dict.fromkeys(self.sums, 0),
            )
            if self.counted_as:
                total[self.counted_as] += 1
            for name in self.sums:
                total[name] += int(row[name] or 0)
        return dict(sorted(found.items()))
