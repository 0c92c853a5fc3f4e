"""Conversion of links: matured ones only, by flow and by reason, with what they are counted of."""

from __future__ import annotations

from typing import Any

from lib.billing.reports.link_conversion import FEW
from lib.billing.store.engine import Store
from tests.reports.ledger import desk
from tests.reports.test_links_report import keep
from tests.reports.test_report_rows import ANN, ANN_LEAVES

MINTED = ("link.requested", "link.minted")


def _found(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    names = ("minted", "matured", "acted", "conversion")
    return {(row["by"], row["name"]): tuple(row[name] for name in names) for row in rows}


def test_only_links_that_can_no_longer_be_used_are_counted(store: Store) -> None:
    # Ann sets her end for 5 April on 10 March at midnight.
    portside = desk(store, ANN_LEAVES, "2026-03-10T02:00")
    wants_out = {"reason": "Customer wants to leave: moves abroad"}
    keep(store, "lnk_acted", "2026-03-09T23:59", *MINTED, **wants_out)
    keep(store, "lnk_too_early", "2026-03-09T22:00", *MINTED, **wants_out)
    keep(store, "lnk_waits", "2026-03-10T01:50", *MINTED, flow="home", reason="Asked in the shop")
    keep(store, "lnk_refused", "2026-03-09T12:00", "link.refused")
    keep(store, "lnk_failed", "2026-03-09T12:00", "link.requested", "link.failed")
    keep(store, "lnk_torn", "2026-03-09T12:00", "link.requested")
    rows = portside.report("link-conversion").rows
    assert _found(rows) == {
        ("all", "all"): (3, 2, 1, 0.5),
        ("flow", "home"): (1, 0, 0, None),
        ("flow", "subscription_cancel"): (2, 2, 1, 0.5),
        ("reason", "Customer wants to leave"): (2, 2, 1, 0.5),
        ("reason", "own words"): (1, 0, 0, None),
    }
    assert {row["small_sample"] for row in rows} == {True}


def test_a_rate_of_many_links_is_not_marked(store: Store) -> None:
    portside = desk(store, ANN, "2026-03-12")
    for number in range(FEW):
        keep(store, f"lnk_{number}", "2026-03-10", "link.minted")
    whole, *_ = portside.report("link-conversion").rows
    assert (whole["matured"], whole["conversion"], whole["small_sample"]) == (FEW, 0, False)


def test_without_links_there_is_no_row(store: Store) -> None:
    assert desk(store, ANN, "2026-03-12").report("link-conversion").rows == []


def test_what_strangers_started_is_not_counted(store: Store) -> None:
    portside = desk(store, ANN, "2026-03-12")
    keep(store, "lnk_hers", "2026-03-10", *MINTED)
    of_nobody = {"customer_id": None, "flow": "checkout", "detail": "visit 0a1b"}
    keep(store, "lnk_nobody", "2026-03-10", *MINTED, **of_nobody)
    whole, *_ = portside.report("link-conversion").rows
    assert whole["minted"] == 1
    assert len(portside.report("links").rows) == 2
