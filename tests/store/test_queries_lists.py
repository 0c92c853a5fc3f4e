"""The list pages: what a filter keeps, how pages follow each other, what the whole adds up to."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.observations import Observation
from lib.billing.showing.views import Sum
from lib.billing.store.engine import Store
from tests.cut import first
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, customer, desk, invoice, paying, payment

NOW = "2026-03-15T12:00"


def leaver(
    number: int, name: str, ends: str, lookup_key: str = "pro_monthly", **over: Any
) -> list[Observation]:
    cus, sub = f"cus_{number}", f"sub_{number}"
    person = customer(
        name=name, email=f"{name.split()[0].lower()}@example.com", org_id=f"org_{name}"
    )
    amount = "2900" if lookup_key == "pro_monthly" else "900"
    state = paying(cancel_at=at(ends), canceled_at=at("2026-03-01") + number) | {
        "items": [item(price(lookup_key, amount), end=at("2026-04-05"))]
    }
    return [
        created("customer", cus, person, "2026-01-01", cus),
        created("subscription", sub, state | over, "2026-01-05", cus),
    ]


LEAVERS = [
    *leaver(1, "Ångström 100%", "2026-03-31", feedback="too_expensive"),
    *leaver(2, "Bob_by", "2026-03-30", "starter_monthly", feedback="unused"),
    *leaver(3, "Carol", "2026-04-06", reason="payment_failed", currency="eur"),
    *leaver(4, "Dave", "2026-03-14", status="trialing"),
]


def failing(
    number: int, code: str | None, when: str, amount: int = 2900, **over: Any
) -> list[Observation]:
    """A past-due customer whose invoice failed with ``code`` at ``when``."""
    cus, sub, bill = f"cus_{number}", f"sub_{number}", f"in_{number}"
    items = [item(price("pro_monthly", str(amount)), end=at("2026-04-05"))]
    due = paying(items=items)
    opened = invoice(subscription=sub, number=f"PORT-{number:04}", amount_remaining=amount, **over)
    failed = opened | {
        "payment_failed": True,
        "attempted": True,
        "attempt_count": 1,
        "next_payment_attempt": at("2026-03-20"),
    }
    told = [
        created("customer", cus, customer(email=f"{number}@example.com"), "2026-01-01", cus),
        created("subscription", sub, due, "2026-01-05", cus),
        changed("subscription", sub, due, due | {"status": "past_due"}, when, cus),
        created("invoice", bill, opened, "2026-03-01", cus),
        changed("invoice", bill, opened, failed, when, cus),
    ]
    if code is not None:
        told.append(created("payment", f"pi_{number}", payment(bill, code, when), when, cus))
    return told


FAILURES = [
    *failing(1, "expired_card", "2026-03-14", amount=1000),
    *failing(2, "insufficient_funds", "2026-03-02", amount=2000),
    *failing(3, None, "2026-03-14", amount=9900),
    *failing(4, "expired_card", "2026-02-20", amount=500),
]


def subscriptions(portside: Portside, **narrowing: Any) -> list[str]:
    listing = portside.winding_down(Filters(**narrowing))
    assert listing.total == len(listing.rows)
    return [row.subscription_id for row in listing.rows]


WINDING = [
    ("nothing chosen: the soonest end first", {}, ["sub_4", "sub_2", "sub_1", "sub_3"]),
    ("a plan", {"plans": ("starter",)}, ["sub_2"]),
    ("a currency", {"currencies": ("eur",)}, ["sub_3"]),
    ("a status", {"statuses": ("trialing",)}, ["sub_4"]),
    ("feedback is the reason", {"reasons": ("too_expensive",)}, ["sub_1"]),
    ("without feedback Stripe's reason is", {"reasons": ("payment_failed",)}, ["sub_3"]),
    ("no reason at all is unknown", {"reasons": ("unknown",)}, ["sub_4"]),
    ("an interval", {"intervals": ("month",)}, ["sub_4", "sub_2", "sub_1", "sub_3"]),
    ("another interval", {"intervals": ("3 month",)}, []),
    ("part of a name, case-blind", {"text": "cAR"}, ["sub_3"]),
    ("a name beyond ASCII", {"text": "Ångström"}, ["sub_1"]),
    ("a percent sign is a percent sign", {"text": "100%"}, ["sub_1"]),
    ("an underscore is an underscore", {"text": "b_b"}, ["sub_2"]),
    ("an id", {"text": "sub_3"}, ["sub_3"]),
    ("a quote harms nothing", {"text": "' OR 1=1 --"}, []),
    ("what no database takes is left out", {"text": "car\x00ol\ud800", "plans": ("p\x00ro",)},
     ["sub_3"]),
    (
        "a week of the chart, half-open",
        {"starts": at("2026-03-30"), "ends": at("2026-04-06")},
        ["sub_2", "sub_1"],
    ),
    ("sorted by value, largest first", {"sort": "mrr_minor", "descending": True},
     ["sub_1", "sub_3", "sub_4", "sub_2"]),
    ("sorted by an unknown column keeps the list's order", {"sort": "1; DROP TABLE"},
     ["sub_4", "sub_2", "sub_1", "sub_3"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("narrowing", "expected"), [w[1:] for w in WINDING], ids=[w[0] for w in WINDING]
)
def test_winding_down_narrows_by(
    narrowing: dict[str, Any], expected: list[str], store: Store
) -> None:
    assert subscriptions(desk(store, LEAVERS, NOW), **narrowing) == expected


def test_pages_of_the_list_follow_each_other_and_the_sums_stay_whole(store: Store) -> None:
    portside = desk(store, LEAVERS, NOW)
    pages = [portside.winding_down(Filters(limit=3, offset=offset)) for offset in (0, 3, 6)]
    ids = [[row.subscription_id for row in page.rows] for page in pages]
    assert ids == [["sub_4", "sub_2", "sub_1"], ["sub_3"], []]
    for page in pages:
        assert (page.total, page.sums) == (4, (Sum("eur", 1, 2900), Sum("usd", 3, 6700)))


def test_bars_are_weeks_of_the_business_and_hold_the_list(store: Store) -> None:
    listing = desk(store, LEAVERS, NOW, timezone="America/New_York").winding_down()
    assert [(bar.key, bar.currency, bar.count, bar.amount_minor) for bar in listing.bars] == [
        ("2026-03-09", "usd", 1, 2900),
        ("2026-03-23", "usd", 1, 900),
        ("2026-03-30", "eur", 1, 2900),
        ("2026-03-30", "usd", 1, 2900),
    ]


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_a_click_on_a_bar_lists_what_the_bar_counts(timezone: str, store: Store) -> None:
    portside = desk(store, LEAVERS, NOW, timezone=timezone)
    for bar in portside.winding_down().bars:
        behind = portside.winding_down(
            Filters(starts=bar.at, ends=bar.until, currencies=(bar.currency,))
        )
        assert behind.total == bar.count


def test_an_end_that_has_passed_is_overdue(store: Store) -> None:
    rows = desk(store, LEAVERS, NOW).winding_down().rows
    assert [(row.subscription_id, row.overdue) for row in rows][:2] == [
        ("sub_4", True),
        ("sub_2", False),
    ]


def test_choices_are_those_of_the_whole_list(store: Store) -> None:
    listing = desk(store, LEAVERS, NOW).winding_down(Filters(text="nobody"))
    assert listing.rows == ()
    assert listing.choices == {
        "plans": ("pro", "starter"),
        "currencies": ("eur", "usd"),
        "statuses": ("active", "trialing"),
        "intervals": ("month",),
        "reasons": ("payment_failed", "too_expensive", "unknown", "unused"),
    }


def test_the_queue_puts_much_money_with_few_days_left_first(store: Store) -> None:
    rows = desk(store, FAILURES, NOW).failed_payments().rows
    assert [(row.invoice_id, row.mrr_minor, row.days_left) for row in rows] == [
        ("in_2", 2000, 0),
        ("in_3", 9900, 12),
        ("in_4", 500, 0),
        ("in_1", 1000, 12),
    ]


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({"sort": "failed_at"}, ["in_4", "in_2", "in_1", "in_3"]),
        ({"sort": "amount", "descending": True}, ["in_3", "in_2", "in_1", "in_4"]),
        ({"reasons": ("expired_card",)}, ["in_4", "in_1"]),
        ({"reasons": ("unknown",)}, ["in_3"]),
        ({"text": "PORT-0002"}, ["in_2"]),
        ({"starts": at("2026-03-01"), "ends": at("2026-03-14")}, ["in_2"]),
        ({"currencies": ("eur",)}, []),
    ],
    ids=str,
)
def test_the_queue_narrows_and_sorts(
    narrowing: dict[str, Any], expected: list[str], store: Store
) -> None:
    listing = desk(store, FAILURES, NOW).failed_payments(Filters(**narrowing))
    assert [row.invoice_id for row in listing.rows] == expected


def test_the_queue_says_what_a_decline_means_and_when_to_be_silent(store: Store) -> None:
    [row] = desk(store, failing(1, "stolen_card", "2026-03-14"), NOW).failed_payments().rows
    assert (row.decline_words, row.sensitive, row.final_attempt, row.suggested_flow) == (
        "The card is reported stolen",
        True,
        True,
        "payment_method_update",
    )


def test_the_queue_adds_up_by_decline_and_by_currency(store: Store) -> None:
    listing = desk(store, FAILURES, NOW).failed_payments(Filters(limit=1))
    assert listing.sums == (Sum("usd", 4, 13_400),)
    assert [(bar.key, bar.count, bar.amount_minor) for bar in listing.bars] == [
        ("unknown", 1, 9900),
        ("insufficient_funds", 1, 2000),
        ("expired_card", 2, 1500),
    ]


def test_the_mix_keeps_shares_of_the_whole_currency_when_narrowed(store: Store) -> None:
    portside = desk(store, LEAVERS[:4], NOW)
    whole = [(row.plan_name, row.share) for row in portside.plan_mix().rows]
    assert whole == [("Pro", 0.763158), ("Starter", 0.236842)]
    narrowed = portside.plan_mix(Filters(plans=("starter",)))
    assert [(row.plan_name, row.share) for row in narrowed.rows] == [("Starter", 0.236842)]
    assert narrowed.sums == (Sum("usd", 1, 900),)


def test_the_customers_behind_the_mix_add_up_to_it_page_by_page(store: Store) -> None:
    portside = desk(store, LEAVERS, NOW)
    whole = portside.plan_customers()
    assert [row.subscription_id for row in whole.rows] == ["sub_1", "sub_3", "sub_2"]
    assert whole.sums == portside.plan_mix().sums
    second = portside.plan_customers(Filters(limit=1, offset=1))
    assert [row.name for row in second.rows] == ["Carol"]
    assert (second.total, second.sums) == (3, whole.sums)


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        pytest.param(("",), ["sub_6"], id="the empty plan is what the catalogue does not know"),
        pytest.param(("pro",), ["sub_1", "sub_3"], id="a plan is itself only"),
        pytest.param(("", "starter"), ["sub_2", "sub_6"], id="both"),
    ],
)
def test_a_bar_of_the_mix_lists_whom_it_counts(
    plans: tuple[str, ...], expected: list[str], store: Store
) -> None:
    told = [*LEAVERS, *leaver(6, "Frank", "2026-04-20", "not_in_the_catalogue")]
    portside = desk(store, told, NOW)
    wanted = Filters(plans=plans)
    listed = portside.plan_customers(wanted)
    assert sorted(row.subscription_id for row in listed.rows) == expected
    assert sum(row.subscriptions for row in portside.plan_mix(wanted).rows) == listed.total


def test_the_exported_list_is_the_filtered_list(store: Store) -> None:
    portside = desk(store, LEAVERS, NOW)
    wanted = Filters(currencies=("usd",), sort="mrr_minor", limit=1)
    exported = portside.export("winding-down", wanted)
    assert [row["subscription_id"] for row in exported.rows] == ["sub_4", "sub_2", "sub_1"]
    assert exported.totals == {"usd": {"subscriptions": 3, "mrr_minor": 6700}}


@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [(0, 0, (0, 0)), (-5, -5, (0, 0)), (9_999, 3, (500, 3))],
)
def test_a_page_stays_within_what_it_may_ask_for(
    limit: int, offset: int, expected: tuple[int, int]
) -> None:
    assert Filters(limit=limit, offset=offset).page == expected


@pytest.mark.parametrize(
    "sort", first(2, ["", "plan", "mrr_minor", "customer", "requested_at", "reason"])
)
def test_more_than_a_thousand_rows_are_paged_to_the_end(sort: str, sqlite_store: Store) -> None:
    many = 1_203
    state = paying(cancel_at=at("2026-04-05"))
    crowd = [
        created("subscription", f"sub_{n}", state, "2026-01-05", f"cus_{n}") for n in range(many)
    ]
    portside = desk(sqlite_store, crowd, NOW)
    seen: list[str] = []
    while page := portside.winding_down(Filters(sort=sort, limit=500, offset=len(seen))).rows:
        seen += [row.subscription_id for row in page]
    assert (len(seen), len(set(seen))) == (many, many)
    report = portside.report("winding-down")
    assert len(report.rows) == many
    assert report.totals == {"usd": {"subscriptions": many, "mrr_minor": many * 2900}}
