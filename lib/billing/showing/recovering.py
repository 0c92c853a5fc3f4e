"""What failed and what became of it, as the Failed payments page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.metrics.collecting import recovery_rate
from ..reports import recovery as reports
from ..reports.request import ReportRequest
from ..settings.setup import Setup
from ..store.queries import cut_days, kept_recovery, recovery
from ..store.queries.reading import Reader
from .invoice_views import Recovery


def recovered(reader: Reader, setup: Setup, now: int, by: str, *, cash: bool) -> list[Recovery]:
    """The rows of the report recovery, or of recovery-cash, from sums where they are kept."""
    name = "recovery-cash" if cash else "recovery"
    request = ReportRequest.parse(name, setup, now=now, by=by)
    with reader.open() as connection:
        kept = cut_days.ready(connection, setup.policy, setup.timezone)
        if cash:
            paid = (
                kept_recovery.by_payment(connection, setup.timezone)
                if kept
                else recovery.by_payment(connection)
            )
            return _recoveries(reports.payments(paid, request))
        failed = (
            kept_recovery.by_failure(connection, setup.timezone)
            if kept
            else recovery.by_failure(connection)
        )
        return _recoveries(reports.failures(failed, request))


def _recoveries(rows: Iterable[Mapping[str, Any]]) -> list[Recovery]:
    """The rows of the report recovery, or of recovery-cash, as values."""
    return [
        Recovery(
            period=row["period"],
            currency=row["currency"],
            failed_minor=row.get("failed_minor", 0),
            recovered_minor=row["recovered_minor"],
            lost_minor=row.get("lost_minor", 0),
            in_progress_minor=row.get("in_progress_minor", 0),
            invoices=row["invoices"],
            undated_minor=row.get("undated_minor", 0),
            rate=recovery_rate(row["recovered_minor"], row.get("failed_minor", 0)),
        )
        for row in rows
    ]
