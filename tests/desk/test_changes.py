"""What changed since a moment: what happened in, what is told out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from lib.billing import Permission, PermissionDenied, Role, WrongUsage
from lib.billing.desk import Portside
from lib.billing.domain.changes import LISTED
from lib.billing.domain.times import parse_iso
from lib.billing.store.engine import Store
from lib.billing.store.tables import findings, movements
from tests.cut import first
from tests.desk.money_world import moved, over_company
from tests.reports.ledger import (
    at,
    changed,
    created,
    customer,
    desk,
    ended,
    invoice,
    paying,
)

SINCE, NOW = at("2026-03-10"), "2026-03-12T08:00"
FOUNDER, SUPPORT, FINANCE = [Role.FOUNDER], [Role.SUPPORT], [Role.FINANCE]

END = at("2026-04-05")
LEAVING = paying(cancel_at_period_end=True, canceled_at=at("2026-03-11"), feedback="unused")
LONG_LEAVING = paying(cancel_at_period_end=True, canceled_at=at("2026-02-11"))
FAILING = {
    "payment_failed": True,
    "attempt_count": 1,
    "next_payment_attempt": at("2026-03-14"),
}


def told(portside: Portside, roles: Any = FOUNDER, since: int = SINCE) -> dict[str, Any]:
    """Group → (how many, what by currency)."""
    found = portside.changes(since, roles=roles)
    return {
        group.group: (group.count, {part.currency: part.amount_minor for part in group.sums})
        for group in found.groups
    }


def lives(cus: str, *later: Any, sub: str | None = None, when: str = "2026-01-05") -> list[Any]:
    return [
        created("customer", cus, customer(name=cus.upper()), when, cus),
        created("subscription", sub or f"sub_{cus}", paying(), when, cus),
        *later,
    ]


def billed(cus: str, **paid: Any) -> list[Any]:
    """An invoice that fails on the 10th at noon, and is paid on the 11th where ``paid`` says so."""
    opened = invoice(subscription=f"sub_{cus}", customer=cus)
    failed = opened | FAILING
    out = [
        created("invoice", f"in_{cus}", opened, "2026-03-05", cus),
        changed("invoice", f"in_{cus}", opened, failed, "2026-03-10T12:00", cus),
    ]
    if paid:
        done = failed | {"status": "paid", "amount_paid": 2900, "amount_remaining": 0} | paid
        out.append(changed("invoice", f"in_{cus}", failed, done, "2026-03-11T12:00", cus))
    return out


LEDGER: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "nothing happened": (lives("a"), {}),
    "a new customer": (lives("a", when="2026-03-11"), {"new": (1, {"usd": 2900})}),
    "what was there when the visit ended is no news": (lives("a", when="2026-03-09"), {}),
    "in the very second in which the visit ended it is": (
        lives("a", when="2026-03-10"),
        {"new": (1, {"usd": 2900})},
    ),
    "somebody left": (
        lives(
            "a", ended("sub_a", paying("canceled", ended_at=at("2026-03-11")), "2026-03-11", "a")
        ),
        {"churn": (1, {"usd": -2900})},
    ),
    "an end was scheduled and another long ago": (
        [
            *lives("a", changed("subscription", "sub_a", paying(), LEAVING, "2026-03-11", "a")),
            *lives(
                "b", changed("subscription", "sub_b", paying(), LONG_LEAVING, "2026-02-11", "b")
            ),
        ],
        {"scheduled": (1, {"usd": -2900})},
    ),
    "an end was withdrawn": (
        lives(
            "a",
            changed("subscription", "sub_a", paying(), LONG_LEAVING, "2026-02-11", "a"),
            changed("subscription", "sub_a", LONG_LEAVING, paying(), "2026-03-11", "a"),
        ),
        {"withdrawn": (1, {"usd": 2900})},
    ),
    "an end that was withdrawn and scheduled again is scheduled": (
        lives(
            "a",
            changed("subscription", "sub_a", paying(), LONG_LEAVING, "2026-02-11", "a"),
            changed("subscription", "sub_a", LONG_LEAVING, paying(), "2026-03-11", "a"),
            changed("subscription", "sub_a", paying(), LEAVING, "2026-03-11T09:00", "a"),
        ),
        {"scheduled": (1, {"usd": -2900})},
    ),
    "an end that came true is churn and not withdrawn": (
        lives(
            "a",
            changed("subscription", "sub_a", paying(), LONG_LEAVING, "2026-02-11", "a"),
            ended("sub_a", paying("canceled", ended_at=at("2026-03-11")), "2026-03-11", "a"),
        ),
        {"churn": (1, {"usd": -2900})},
    ),
    "a payment failed": ([*lives("a"), *billed("a")], {"failed": (1, {"usd": 2900})}),
    "a payment that failed and came in all the same": (
        [*lives("a"), *billed("a", paid_at=at("2026-03-11T12:00"))],
        {"recovered": (1, {"usd": 2900})},
    ),
}


@pytest.mark.parametrize(("seen", "expected"), LEDGER.values(), ids=list(LEDGER))
def test_what_happened_is_told_in_its_group(
    store: Store, seen: list[Any], expected: dict[str, Any]
) -> None:
    assert told(desk(store, seen, NOW)) == expected


TRIAL = paying("trialing", trial_end=at("2026-04-01"))
TRIAL_LEAVING = TRIAL | {"cancel_at_period_end": True, "canceled_at": at("2026-03-11")}

AT_ONCE: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "an end that was scheduled is churn and not told again": (
        lives("a", changed("subscription", "sub_a", paying(), LEAVING, "2026-03-11", "a")),
        {"churn": (1, {"usd": -2900})},
    ),
    "one that comes true is no news any more": (
        lives(
            "a",
            changed("subscription", "sub_a", paying(), LONG_LEAVING, "2026-02-11", "a"),
            ended("sub_a", paying("canceled", ended_at=at("2026-03-11")), "2026-03-11", "a"),
        ),
        {},
    ),
    "one that was withdrawn came back and is not told again": (
        lives(
            "a",
            changed("subscription", "sub_a", paying(), LONG_LEAVING, "2026-02-11", "a"),
            changed("subscription", "sub_a", LONG_LEAVING, paying(), "2026-03-11", "a"),
        ),
        {"reactivation": (1, {"usd": 2900})},
    ),
    "the end of what does not count yet is told": (
        [
            created("customer", "a", customer(name="A"), "2026-03-02", "a"),
            created("subscription", "sub_a", TRIAL, "2026-03-02", "a"),
            changed("subscription", "sub_a", TRIAL, TRIAL_LEAVING, "2026-03-11", "a"),
        ],
        {"scheduled": (1, {"usd": -2900})},
    ),
}


@pytest.mark.parametrize(("seen", "expected"), AT_ONCE.values(), ids=list(AT_ONCE))
def test_where_a_scheduled_end_leaves_mrr_at_once_it_is_told_once(
    store: Store, seen: list[Any], expected: dict[str, Any]
) -> None:
    portside = desk(store, seen, NOW, policy="stripe")
    assert told(portside) == expected
    for group, (count, _) in expected.items():
        rows = portside.changed(group, SINCE, parse_iso(NOW) + 1, roles=FOUNDER)
        assert (rows.total, len(rows.rows)) == (count, count)


MOVED: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "each kind has its group and its sum": (
        [
            moved("2026-03-11", "a", "usd", "new", 900),
            moved("2026-03-11", "b", "usd", "new", 2900),
            moved("2026-03-11", "c", "usd", "reactivation", 900),
            moved("2026-03-11", "d", "usd", "expansion", 2000, 900),
            moved("2026-03-11", "e", "usd", "contraction", -2000, 2900),
            moved("2026-03-11", "f", "usd", "churn", -900, 900),
        ],
        {
            "new": (2, {"usd": 3800}),
            "reactivation": (1, {"usd": 900}),
            "expansion": (1, {"usd": 2000}),
            "contraction": (1, {"usd": -2000}),
            "churn": (1, {"usd": -900}),
        },
    ),
    "currencies are never summed together": (
        [
            moved("2026-03-11", "a", "usd", "new", 900),
            moved("2026-03-11", "b", "jpy", "new", 900),
            moved("2026-03-11", "c", "kwd", "new", 900),
        ],
        {"new": (3, {"jpy": 900, "kwd": 900, "usd": 900})},
    ),
    "a change of currency is neither new nor churn": (
        [
            moved("2026-03-11", "a", "usd", "churn", -900, 900, switched=True),
            moved("2026-03-11", "a", "eur", "new", 800, switched=True),
        ],
        {"switched": (2, {"eur": 800, "usd": -900})},
    ),
    "history that was found is no news": (
        [moved("2026-03-11", "a", "usd", "new", 900, reconstructed=True)],
        {},
    ),
    "another policy's movements are not told": (
        [moved("2026-03-11", "a", "usd", "new", 900, policy="stripe")],
        {},
    ),
    "what takes effect later is not told yet": (
        [moved("2026-03-13", "a", "usd", "new", 900)],
        {},
    ),
}


@pytest.mark.parametrize(("rows", "expected"), MOVED.values(), ids=list(MOVED))
def test_movements_are_told_by_kind_and_currency(
    store: Store, rows: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    assert told(over(store, rows)) == expected


def over(store: Store, rows: list[dict[str, Any]]) -> Portside:
    portside = desk(store, [], NOW)
    names = [column.name for column in movements.columns]
    with store.writing() as connection:
        connection.execute(insert(movements), [dict.fromkeys(names) | row for row in rows])
    return portside


def test_what_movements_did_to_mrr_is_the_sum_of_their_groups(store: Store) -> None:
    rows, _ = MOVED["each kind has its group and its sum"]
    rows = [*rows, moved("2026-03-11", "z", "eur", "new", 500)]
    found = over(store, rows).changes(SINCE, roles=FOUNDER)
    assert [(s.currency, s.count, s.amount_minor) for s in found.moved] == [
        ("usd", 6, 3800 + 900 + 2000 - 2000 - 900),
        ("eur", 1, 500),
    ]


def difference(subject: str, first: str, resolved: str | None) -> dict[str, Any]:
    names = [column.name for column in findings.columns if column.name != "finding_id"]
    return dict.fromkeys(names) | {
        "subject": subject,
        "kind": "drift",
        "field": "status",
        "cause": "unknown",
        "first_seen_at": at(first),
        "last_seen_at": at(first),
        "times": 1,
        "resolved_at": at(resolved) if resolved else None,
    }


FOUND: dict[str, tuple[list[dict[str, Any]], dict[str, int]]] = {
    "one was found": ([difference("a", "2026-03-11", None)], {"drift": 1}),
    "one that was known before is no news": ([difference("a", "2026-03-01", None)], {}),
    "one was resolved": ([difference("a", "2026-03-01", "2026-03-11")], {"resolved": 1}),
    "one was found and resolved": ([difference("a", "2026-03-11", "2026-03-11")], {"resolved": 1}),
}


@pytest.mark.parametrize(("rows", "expected"), FOUND.values(), ids=list(FOUND))
def test_differences_are_told_when_found_and_when_resolved(
    store: Store, rows: list[dict[str, Any]], expected: dict[str, int]
) -> None:
    portside = desk(store, [], NOW)
    with store.writing() as connection:
        connection.execute(insert(findings), rows)
    assert {group: count for group, (count, _) in told(portside).items()} == expected


def test_who_sees_no_totals_gets_counts_and_no_amounts(store: Store) -> None:
    seen = [*lives("a", when="2026-03-11"), *lives("b"), *billed("b")]
    portside = desk(store, seen, NOW)
    assert told(portside, SUPPORT) == {"new": (1, {}), "failed": (1, {})}
    found = portside.changes(SINCE, roles=SUPPORT)
    assert found.moved == ()
    for group in ("new", "failed"):
        rows = portside.changed(group, SINCE, found.now + 1, roles=SUPPORT)
        assert (rows.total, rows.sums, [row.minor for row in rows.rows]) == (1, (), [None])


def test_a_role_without_customers_is_told_nothing(store: Store) -> None:
    with pytest.raises(PermissionDenied):
        desk(store, [], NOW).changes(SINCE, roles=[])


def test_an_amount_that_nobody_knows_is_counted_as_unknown(store: Store) -> None:
    mystery = paying(
        cancel_at_period_end=True,
        canceled_at=at("2026-03-11"),
        items=[
            paying()["items"][0] | {"price": {**paying()["items"][0]["price"], "interval": "moon"}}
        ],
    )
    seen = [created("subscription", "sub_m", mystery, "2026-01-05", "m")]
    [group] = desk(store, seen, NOW).changes(SINCE, roles=FOUNDER).groups
    assert (group.group, group.count, group.unknown, group.sums) == ("scheduled", 1, 1, ())


@pytest.mark.parametrize("group", ["drift", "closed", "weather"])
def test_a_group_without_customers_has_no_rows(store: Store, group: str) -> None:
    with pytest.raises(WrongUsage):
        desk(store, [], NOW).changed(group, SINCE, SINCE + 1, roles=FOUNDER)


def test_rows_of_a_group_say_who_and_what_the_newest_first(store: Store) -> None:
    seen = [
        *lives("a", when="2026-03-10T09:00"),
        *lives("b", when="2026-03-11T09:00"),
        *lives("c", changed("subscription", "sub_c", paying(), LEAVING, "2026-03-11", "c")),
    ]
    portside = desk(store, seen, NOW)
    page = portside.changed("new", SINCE, at(NOW), roles=FOUNDER)
    assert [(row.name, row.to_plan, row.minor) for row in page.rows] == [
        ("B", "pro", 2900),
        ("A", "pro", 2900),
    ]
    second = portside.changed("new", SINCE, at(NOW), roles=FOUNDER, limit=1, offset=1)
    assert ([row.name for row in second.rows], second.total) == (["A"], 2)
    [row] = portside.changed("scheduled", SINCE, at(NOW), roles=FOUNDER).rows
    assert (row.name, row.reason, row.minor, row.at) == ("C", "unused", -2900, at("2026-03-11"))


@pytest.mark.parametrize("seed", first(2, range(4)))
def test_of_a_whole_company_counts_are_those_of_the_reports_and_of_the_rows(
    seed: int, store: Store
) -> None:
    portside = over_company(store, seed)
    since = portside.now() - 45 * 86_400
    found = portside.changes(since, roles=FOUNDER)
    rows = [
        row
        for row in portside.report("movements").rows
        if parse_iso(row["occurred_at"]) >= since and not row["reconstructed"]
    ]
    by_kind = {
        group.group: (group.count, {s.currency: s.amount_minor for s in group.sums})
        for group in found.groups
    }
    for kind in ("new", "reactivation", "expansion", "contraction", "churn"):
        own = [row for row in rows if row["kind"] == kind and not row["switched"]]
        sums: dict[str, int] = {}
        for row in own:
            sums[row["currency"]] = sums.get(row["currency"], 0) + row["delta_minor"]
        assert by_kind.get(kind, (0, {})) == (len(own), sums)
    for group in found.groups:
        if group.group in LISTED:
            listed = portside.changed(group.group, since, found.now + 1, roles=FOUNDER, limit=500)
            assert len(listed.rows) == listed.total == group.count


def test_months_closed_are_for_who_may_see_money(store: Store) -> None:
    from lib.billing.domain.permissions import GRANTS

    assert Permission.MONEY not in GRANTS[Role.SUPPORT]
    assert "closed" not in told(desk(store, [], NOW), SUPPORT)
