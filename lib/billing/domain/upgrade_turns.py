"""What one movement adds to the sums of upgrades: from which plan to which, and what changed.

The same rules as `retention.upgrading`, of movements alone.
"""

from __future__ import annotations

from .policy import ENDED
from .rows import MovementRow
from .upgrades import Offer, change_between, told_change


def may_be_one(row: MovementRow, converted: bool) -> bool:
    """``converted``: a first payment that came of something free or tried."""
    match row.kind:
        case "expansion" | "reactivation":
            return True
        case "new":
            return converted
        case "contraction":
            return _offers_otherwise(row)
    return False


def hangs_on_its_event(row: MovementRow, converted: bool) -> bool:
    """Whether what its event says decides what is added."""
    if not may_be_one(row, converted):
        return False
    return row.kind in ("new", "contraction") or not _offers_otherwise(row)


def _offers_otherwise(row: MovementRow) -> bool:
    return row.from_plan != row.to_plan or row.from_interval != row.to_interval


def told(row: MovementRow, before: Offer | None, after: Offer | None) -> dict[str, str] | None:
    """Columns of the sum that an upgrade is counted in; None where its subscription ended.

    ``plan`` and ``to_plan``: the path. ``reason``: what changed. Of a contraction the plans of the
    step stand in ``began`` and ``feedback``, its intervals beside them: whether it leads upwards is
    for the catalogue of whoever reads.
    """
    from_plan, from_interval = row.from_plan, row.from_interval
    if row.kind == "new" and before is not None:
        # Movements say where MRR came from; a free or trial subscription had a plan all the same.
        from_plan, from_interval = before.plan, before.interval
    found = {
        "plan": from_plan or "",
        "to_plan": row.to_plan or "",
        "reason": _change(row, from_plan, from_interval, before, after),
    }
    if row.kind != "contraction":
        return found
    if after is not None and after.status in ENDED:
        return None
    step = row.from_plan, row.from_interval, row.to_plan, row.to_interval
    if before is not None and after is not None:
        step = before.plan, before.interval, after.plan, after.interval
    names = ("began", "interval", "feedback", "to_interval")
    return found | {name: part or "" for name, part in zip(names, step, strict=True)}


def _change(
    row: MovementRow,
    from_plan: str | None,
    from_interval: str | None,
    before: Offer | None,
    after: Offer | None,
) -> str:
    if from_plan != row.to_plan:
        return "plan"
    if from_interval != row.to_interval:
        return "interval"
    if before is None or after is None:
        return "quantity"  # another subscription of the same plan
    return told_change(row.kind, change_between(before, after))
