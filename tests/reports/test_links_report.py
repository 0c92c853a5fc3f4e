"""Who was given which link and what followed, told by the audit and the events after it."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.store import audit
from lib.billing.store.audit import AuditRow
from lib.billing.store.engine import Store
from tests.reports.ledger import at, changed, desk
from tests.reports.test_report_rows import ACTIVE, ANN, ANN_LEAVES, WANTS_OUT

FIELDS = "minted_at staff customer_id flow reason ticket outcome followed_by".split()


def keep(store: Store, link_id: str, when: str, *actions: str, **over: Any) -> None:
    """The audit rows of one click, as minting writes them."""
    row = {
        "staff": "sam@example.com",
        "customer_id": "cus_1",
        "flow": "subscription_cancel",
        "reason": "asked by e-mail",
        "subscription_id": "sub_1",
    } | over
    with store.writing() as connection:
        for action in actions:
            audit.append(connection, AuditRow(at=at(when), action=action, link_id=link_id, **row))


OUTCOMES = [
    (
        "the customer did what the link was for",
        ANN_LEAVES,
        ("link.requested", "link.minted"),
        "acted",
        ["2026-03-10T00:00:00Z Cancellation scheduled for 5 April 2026 (too expensive)."],
    ),
    ("nothing happened yet", ANN, ("link.requested", "link.minted"), "waiting", []),
    ("it was refused", ANN_LEAVES, ("link.refused",), "refused", []),
    ("Stripe was away", ANN_LEAVES, ("link.requested", "link.failed"), "failed", []),
]


@pytest.mark.parametrize(
    ("observations", "actions", "outcome", "followed_by"),
    [case[1:] for case in OUTCOMES],
    ids=[case[0] for case in OUTCOMES],
)
def test_a_link_s_outcome(
    observations: list[Observation],
    actions: tuple[str, ...],
    outcome: str,
    followed_by: list[str],
    store: Store,
) -> None:
    portside = desk(store, observations, "2026-03-10T00:30")
    keep(store, "lnk_1", "2026-03-09T23:58", *actions, ticket="T-1")
    [row] = portside.report("links").rows
    assert [row[name] for name in FIELDS] == [
        "2026-03-09T23:58:00Z",
        "sam@example.com",
        "cus_1",
        "subscription_cancel",
        "asked by e-mail",
        "T-1",
        outcome,
        followed_by,
    ]
    [seen] = portside.customer("cus_1").links
    assert (seen.outcome, seen.reason) == (outcome, "asked by e-mail")


def test_hours_later_nothing_more_is_awaited(store: Store) -> None:
    portside = desk(store, ANN, "2026-03-12")
    keep(store, "lnk_1", "2026-03-10", "link.minted")
    assert [row["outcome"] for row in portside.report("links").rows] == ["no_change_seen"]


def test_an_earlier_as_of_knows_neither_later_links_nor_what_followed(store: Store) -> None:
    undone = changed("subscription", "sub_1", WANTS_OUT, ACTIVE, "2026-03-12", "cus_1")
    portside = desk(store, [*ANN_LEAVES, undone], "2026-03-20")
    keep(store, "lnk_1", "2026-03-09T23:59", "link.minted")
    keep(store, "lnk_2", "2026-03-11T23:59", "link.minted", flow="renew")
    rows = portside.report("links", as_of="2026-03-10").rows
    assert [(row["link_id"], len(row["followed_by"])) for row in rows] == [("lnk_1", 1)]
    rows = portside.report("links").rows
    assert [(row["link_id"], row["outcome"]) for row in rows] == [
        ("lnk_1", "acted"),
        ("lnk_2", "acted"),
    ]


def test_days_bound_the_minting(store: Store) -> None:
    portside = desk(store, ANN, "2026-03-20")
    for day in ("09", "10", "11"):
        keep(store, f"lnk_{day}", f"2026-03-{day}T12:00", "link.minted")
    rows = portside.report("links", start="2026-03-10", end="2026-03-10").rows
    assert [row["link_id"] for row in rows] == ["lnk_10"]
