"""From the MRR of one policy to that of another: every line, and who is behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.errors import WrongUsage
from lib.billing.domain.filters import Filters
from lib.billing.domain.policy import PRESETS
from lib.billing.replay_policy import replay_policy
from lib.billing.store.engine import Store
from lib.billing.store.queries.bridge import Lens, bridges
from tests.domain.states import discount, item, price, seen
from tests.reports.ledger import at, changed, created, customer, desk, ended, paying

NOW = "2026-03-15T12:00"
PAUSE = {"behavior": "void", "resumes_at": None}
STRICT = replace(PRESETS["portside"], slug="strict", past_due_leaves_after_days=30)
POLICIES = {**PRESETS, "strict": STRICT}


def half(name: str, cus: str, duration: str) -> Any:
    state = discount(percent_off="50", duration=duration)
    return seen(state, at("2026-01-04"), object_type="discount", object_id=name, customer=cus)


def one(name: str, cus: str, state: Any) -> list[Any]:
    return [
        created("customer", cus, customer(name=f"Customer {cus}"), "2026-01-01", cus),
        created("subscription", name, state, "2026-01-05", cus),
    ]


PAUSED = one("sub_held", "cus_held", paying(pause=PAUSE))
ASLEEP = one("sub_asleep", "cus_asleep", paying("paused"))
LEAVING = [
    *one("sub_leaving", "cus_leaving", paying(discounts=["di_leaving"])),
    half("di_leaving", "cus_leaving", "forever"),
    changed(
        "subscription",
        "sub_leaving",
        paying(discounts=["di_leaving"]),
        paying(discounts=["di_leaving"], cancel_at=at("2026-04-05"), canceled_at=at("2026-03-01")),
        "2026-03-01",
        "cus_leaving",
    ),
]
BOTH = one("sub_both", "cus_held", paying(pause=PAUSE, cancel_at_period_end=True))
COUPON = [
    *one("sub_coupon", "cus_coupon", paying(discounts=["di_coupon"])),
    half("di_coupon", "cus_coupon", "repeating"),
]
LATE = [
    *one("sub_late", "cus_late", paying()),
    changed("subscription", "sub_late", paying(), paying("past_due"), "2026-02-01", "cus_late"),
]
EUROS = one(
    "sub_euro",
    "cus_euro",
    paying(currency="eur") | {"items": [item(price(amount="1900", currency="eur"))]},
)
GONE = [
    *one("sub_gone", "cus_gone", paying()),
    ended("sub_gone", paying("canceled", ended_at=at("2026-02-01")), "2026-02-01", "cus_gone"),
]
EVERYBODY = [*PAUSED, *ASLEEP, *LEAVING, *BOTH[1:], *COUPON, *LATE, *EUROS, *GONE]

LINES = {
    # line, customers, by how much, MRR then: leaving 14.50 + coupon 29.00 + late 29.00 = 72.50
    "stripe": [("collection_paused", 1, 5800, 13050), ("leaves_when_scheduled", 2, -4350, 8700)],
    "chartmogul": [
        ("status_paused", 1, 2900, 10150),
        ("collection_paused", 1, 5800, 15950),
        ("discounts", 1, -1450, 14500),
    ],
    "profitwell": [("discounts", 1, -1450, 5800)],
    "strict": [("past_due_leaves_after_days", 1, -2900, 4350)],
}


@pytest.fixture
def portside(store: Store) -> Portside:
    return desk(store, EVERYBODY, NOW, policies=POLICIES)


def told(report: Any, currency: str) -> list[tuple[Any, ...]]:
    return [
        (row["line"], row["customers"], row["delta_minor"], row["reached_minor"])
        for row in report.rows
        if row["currency"] == currency
    ]


@pytest.mark.parametrize("policy", LINES)
def test_the_lines_of_a_bridge(portside: Portside, policy: str) -> None:
    (found,) = (b for b in portside.bridge(policy) if b.currency == "usd")
    assert found.from_minor == 7250
    assert [(x.slug, x.customers, x.minor, x.reached_minor) for x in found.lines] == LINES[policy]
    assert found.to_minor == 7250 + sum(line.minor for line in found.lines)
    assert told(portside.report("bridge", policy=policy), "usd") == LINES[policy]


@pytest.mark.parametrize("policy", LINES)
def test_it_leads_to_what_all_movements_under_the_other_policy_come_to(
    portside: Portside, policy: str
) -> None:
    moved: dict[str, int] = {"usd": 0, "eur": 0}
    for row in portside.report("movements", policy=policy).rows:
        moved[row["currency"]] += row["delta_minor"]
    totals = portside.report("bridge", policy=policy).totals
    assert {currency: total["to_minor"] for currency, total in totals.items()} == moved
    assert {currency: total["from_minor"] for currency, total in totals.items()} == {
        "usd": 7250,
        "eur": 1900,
    }
    mix = portside.report("plan-mix", policy=policy).totals
    assert {currency: total["mrr_minor"] for currency, total in mix.items()} == moved


def test_a_currency_that_no_line_moves_has_its_lines_all_the_same(portside: Portside) -> None:
    euros = told(portside.report("bridge", policy="stripe"), "eur")
    assert euros == [("collection_paused", 0, 0, 1900), ("leaves_when_scheduled", 0, 0, 1900)]


def test_without_a_policy_it_leads_to_every_other_one(portside: Portside) -> None:
    report = portside.report("bridge", currency="usd")
    assert {row["policy_to"] for row in report.rows} == {*LINES}
    assert report.totals == {
        "usd": {
            "from_minor": 7250,
            "stripe_minor": 8700,
            "chartmogul_minor": 14500,
            "profitwell_minor": 5800,
            "strict_minor": 4350,
        }
    }


def test_at_an_earlier_time_it_is_of_that_time(portside: Portside) -> None:
    report = portside.report("bridge", policy="stripe", as_of="2026-02-15")
    assert told(report, "usd") == [
        ("collection_paused", 1, 5800, 13050),
        ("leaves_when_scheduled", 1, -2900, 10150),
    ]
    strict = portside.report("bridge", policy="strict", as_of="2026-02-15")
    assert told(strict, "usd") == [("past_due_leaves_after_days", 0, 0, 7250)]


@pytest.mark.parametrize("configured", ["stripe", "chartmogul", "profitwell"])
def test_from_any_policy_to_any_other(store: Store, configured: str) -> None:
    portside = desk(store, EVERYBODY, NOW, policies=POLICIES, policy=configured)
    expected = {"portside": 7250, "stripe": 8700, "chartmogul": 14500, "profitwell": 5800}
    for policy in PRESETS:
        if policy == configured:
            continue
        (found,) = (b for b in portside.bridge(policy) if b.currency == "usd")
        assert (found.from_minor, found.to_minor) == (expected[configured], expected[policy])
        assert all(line.slug != "unexplained" for line in found.lines)


def test_who_is_behind_a_line_and_by_how_much(portside: Portside) -> None:
    page = portside.bridge_customers("stripe", "leaves_when_scheduled")
    found = [(r.customer_id, r.subscription_id, r.before_minor, r.after_minor) for r in page.rows]
    assert found == [
        ("cus_held", "sub_both", 2900, 0),
        ("cus_leaving", "sub_leaving", 1450, 0),
    ]
    assert (page.total, [s.amount_minor for s in page.sums]) == (2, [-4350])
    assert page.rows[0].name == "Customer cus_held"


FILTERS = {
    "by text": (Filters(text="leaving"), ["sub_leaving"], 1),
    "the second page": (Filters(limit=1, offset=1), ["sub_leaving"], 2),
    "sorted": (Filters(sort="delta"), ["sub_both", "sub_leaving"], 2),
    "sorted the other way": (Filters(sort="before"), ["sub_leaving", "sub_both"], 2),
    "of another currency": (Filters(currencies=("eur",)), [], 0),
}


@pytest.mark.parametrize(("filters", "rows", "total"), FILTERS.values(), ids=FILTERS.keys())
def test_the_list_is_narrowed_sorted_and_paged(portside, filters, rows, total) -> None:
    page = portside.bridge_customers("stripe", "leaves_when_scheduled", filters)
    assert ([row.subscription_id for row in page.rows], page.total) == (rows, total)


def test_every_line_is_the_sum_of_who_is_behind_it(portside: Portside) -> None:
    for policy in LINES:
        for bridge in portside.bridge(policy):
            for line in bridge.lines:
                narrowed = Filters(currencies=(bridge.currency,))
                page = portside.bridge_customers(policy, line.slug, narrowed)
                assert sum(row.delta_minor for row in page.rows) == line.minor
                assert len({row.customer_id for row in page.rows}) == line.customers


def test_kept_movements_check_it_and_what_they_say_beyond_is_a_line_of_its_own(
    portside: Portside, store: Store
) -> None:
    assert not any(bridge.checked for bridge in portside.bridge("stripe"))
    replay_policy(store, portside._setup, "stripe")
    assert all(bridge.checked for bridge in portside.bridge("stripe"))
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE movements SET delta_minor = delta_minor + 7 "
            "WHERE policy = 'stripe' AND customer_id = 'cus_coupon'"
        )
    (found,) = (b for b in portside.bridge("stripe") if b.currency == "usd")
    last = found.lines[-1]
    assert (last.slug, last.label, last.minor) == ("unexplained", "Cannot be explained", 7)
    assert (found.to_minor, last.customers) == (8707, 1)
    page = portside.bridge_customers("stripe", "unexplained")
    assert [(r.customer_id, r.before_minor, r.after_minor) for r in page.rows] == [
        ("cus_coupon", 2900, 2907)
    ]
    assert told(portside.report("bridge", policy="stripe"), "usd")[-1][:3] == ("unexplained", 1, 7)


def test_faults_that_cancel_each_other_out_are_seen_all_the_same(
    portside: Portside, store: Store
) -> None:
    replay_policy(store, portside._setup, "stripe")
    with store.writing() as connection:
        for cus, by in (("cus_coupon", 5), ("cus_late", -5)):
            connection.exec_driver_sql(
                f"UPDATE movements SET delta_minor = delta_minor + {by} "
                f"WHERE policy = 'stripe' AND customer_id = '{cus}'"
            )
    (found,) = (b for b in portside.bridge("stripe") if b.currency == "usd")
    assert (found.lines[-1].slug, found.lines[-1].minor, found.lines[-1].customers) == (
        "unexplained",
        0,
        2,
    )


def test_what_is_not_there_is_said(portside: Portside) -> None:
    with pytest.raises(WrongUsage, match="The policy 'recurly' is none of"):
        portside.bridge("recurly")
    with pytest.raises(WrongUsage, match="no line 'discounts' between portside and stripe"):
        portside.bridge_customers("stripe", "discounts")


def test_a_subscription_that_cannot_be_valued_is_counted_apart(store: Store) -> None:
    odd = one("sub_odd", "cus_odd", paying() | {"items": [item(price(interval="fortnight"))]})
    portside = desk(store, [*EVERYBODY, *odd], NOW)
    (found,) = (b for b in portside.bridge("stripe") if b.currency == "usd")
    assert (found.unvalued, found.to_minor) == (1, 8700)


def test_the_facade_tells_which_policies_there_are(portside: Portside) -> None:
    assert [policy.slug for policy in portside.policies()] == [*POLICIES]


@pytest.mark.parametrize("configured", ["portside", "stripe"])
def test_sums_tell_of_a_bridge_what_rows_tell(store: Store, configured: str) -> None:
    desk(store, EVERYBODY, NOW, policies=POLICIES, policy=configured)
    lens, ours, moved = Lens("forever", at(NOW)), POLICIES[configured], 0
    with store.reading() as connection:
        for theirs in POLICIES.values():
            rows = bridges(connection, lens, ours, theirs, check=False)
            assert bridges(connection, lens, ours, theirs, check=False, kept=True) == rows
            moved += sum(line.customers for bridge in rows for line in bridge.lines)
    assert moved
