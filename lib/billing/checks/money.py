"""Do the numbers of MRR add up, and is there a rate for each of them?"""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.catalog import Catalog
from ..settings.business import Business
from ..settings.clock import make_clock
from ..settings.setup import Setup
from ..showing.audit_lines import SelfAudit
from ..showing.self_audit import self_audit
from ..store.engine import Store
from ..store.queries.reading import Reader
from .finding import Finding, some


def findings(
    store: Store, catalog: Catalog, business: Business, now: str | None
) -> Iterator[Finding]:
    """The self-audit, and the rates of the reporting currency where there is one.

    ``now``: PORTSIDE_NOW as it was given.
    """
    setup = Setup(
        catalog=catalog,
        policy=business.policy.slug,
        timezone=business.timezone,
        rates=business.reporting,
    )
    found = self_audit(Reader(store), setup, make_clock(now)())
    yield _adds_up(found)
    if business.reporting is not None:
        yield _rates(found, business)


def _adds_up(found: SelfAudit) -> Finding:
    name, told = "MRR", [line for line in found.lines if line.ok is not None]
    if found.ok:
        return Finding(True, name, f"All {len(told)} lines of its self-audit hold.")
    rows = dict.fromkeys(fault.row for line in found.failed for fault in line.rows)
    lines = some([f"{line.slug} in {line.currency}" for line in found.failed])
    named = f" Rows at fault: {some(list(rows))}." if rows else ""
    return Finding(
        False,
        name,
        f"{len(found.failed)} of {len(told)} lines of its self-audit fail: {lines}.{named}",
        "Run `portside replay`: it makes rows what events tell.",
    )


def _rates(found: SelfAudit, business: Business) -> Finding:
    name, rates = "Rates", business.reporting
    unknown = next((line for line in found.lines if line.ok is None), None)
    if unknown is not None:
        return Finding(
            False, name, unknown.note, "Add it to the rates of portside.toml: docs/currencies.md."
        )
    newest = rates.newest if rates else None
    until = "There are none yet." if newest is None else f"The newest is of {newest}."
    return Finding(True, name, f"To {rates.to if rates else ''}. {until}")
