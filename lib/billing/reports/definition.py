"""What a report is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ..domain.errors import WrongUsage
from ..domain.permissions import Permission
from ..domain.policy import Policy
from ..store.queries.reading import Connection, Reader
from .fields import Field
from .request import ReportRequest
from .tally import Kept, Sums, Tally, Totals

Row = dict[str, Any]
Rows = Callable[[Connection, ReportRequest], Iterable[Row]]

Scratch = Callable[[Policy, int | None, Policy | None], AbstractContextManager[Reader]]
"""(policy, last effective second or None for all, whose movements or None for its own) → a reader
of a projection made for it."""

Opens = Callable[[ReportRequest, Reader, Scratch], Iterable[Row]]
"""(request, the kept projection, what makes another) → rows of a report that chooses itself."""


def nothing(connection: Connection, request: ReportRequest) -> Iterable[Row]:
    """The ``rows`` of a report that opens its sources itself."""
    return ()


def never(request: ReportRequest) -> bool:
    return False


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
    opens: Opens | None = None  # instead of ``rows``
    # Whether movements alone answer, so that kept ones of another policy will do.
    by_movements: Callable[[ReportRequest], bool] = never
    converts: bool = False  # takes --reporting
    kept_only: bool = False  # read from what was stored, never from a projection made for it
    permission: Permission = Permission.EXPORT  # what taking it away asks for, beside EXPORT
    sums: tuple[str, ...] = field(default=())  # fields that totals add up, by currency
    counted_as: str | None = None  # the name of the totals' row count
    totals: Callable[[Sequence[Row]], Totals] | None = None
    """Of a report whose rows are few: they are kept for it until the last one has come."""
    tallied: Callable[[], Tally] | None = None
    """The same for a report whose rows are many: they pass one by one."""
    order: str = "Time or period, then ids"  # of the rows, in words

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

    def tally(self) -> Tally:
        """What adds up the totals while rows pass."""
        if self.tallied is not None:
            return self.tallied()
        if self.totals is not None:
            return Kept(self.totals)
        return Sums(self.sums if self.has_currency else None, self.counted_as)
