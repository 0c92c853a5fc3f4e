"""Upgrades: who moved up in, from what to what and what changed out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.policy import PRESETS
from lib.billing.reports import Report
from lib.billing.store.engine import Store
from tests.domain.states import discount
from tests.reports.ledger import at, created, customer, desk, invoice
from tests.reports.lives import gone, life, worth

STARTER, PRO = worth(900, key="starter_monthly"), worth(2900)
YEARLY = worth(29_000, key="pro_yearly")
SAME_YEARLY = worth(34_800, key="pro_yearly")
FREE = worth(0, key="starter_monthly")
TRIAL = PRO | {
    "status": "trialing",
    "trial_start": at("2026-01-10"),
    "trial_end": at("2026-02-10"),
}
NOW = "2026-04-15T12:00"
FROM, TO = "2026-01-10", "2026-02-10"
FIELDS = "kind change from_plan to_plan from_interval to_interval delta_minor".split()


def table(report: Report) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in FIELDS) for row in report.rows]


LEDGER: dict[str, tuple[list[Any], list[Any]]] = {
    "a higher plan": (
        life(1, (FROM, STARTER), (TO, PRO)),
        [("expansion", "plan", "starter", "pro", "month", "month", 2000)],
    ),
    "more seats": (
        life(1, (FROM, PRO), (TO, worth(2900, quantity=3))),
        [("expansion", "quantity", "pro", "pro", "month", "month", 5800)],
    ),
    "a dearer price": (
        life(1, (FROM, PRO), (TO, worth(3900))),
        [("expansion", "price", "pro", "pro", "month", "month", 1000)],
    ),
    "a discount less": (
        [
            created(
                "discount",
                "di_1",
                discount(percent_off="50", subscription="sub_1"),
                FROM,
                "cus_1",
            ),
            *life(1, (FROM, PRO | {"discounts": ["di_1"]}), (TO, PRO)),
        ],
        [("expansion", "discount", "pro", "pro", "month", "month", 1450)],
    ),
    "a longer interval, though MRR falls": (
        life(1, (FROM, PRO), (TO, YEARLY)),
        [("contraction", "interval", "pro", "pro", "month", "year", -483)],
    ),
    "a longer interval that costs the same": (
        life(1, (FROM, PRO), (TO, SAME_YEARLY)),
        [(None, "interval", "pro", "pro", "month", "year", 0)],
    ),
    "a higher plan, though MRR falls": (
        life(1, (FROM, worth(9000, key="starter_monthly")), (TO, PRO)),
        [("contraction", "plan", "starter", "pro", "month", "month", -6100)],
    ),
    "back after leaving": (
        [
            *life(1, (FROM, PRO), ("2026-01-20", gone(PRO))),
            *life(1, (TO, PRO), subscription="sub_b"),
        ],
        [("reactivation", "plan", None, "pro", None, "month", 2900)],
    ),
    "a trial that is paid": (
        life(1, (FROM, TRIAL), (TO, TRIAL | {"status": "active"})),
        [("new", "price", "pro", "pro", "month", "month", 2900)],
    ),
    "a free subscription that is paid": (
        life(1, (FROM, FREE), (TO, PRO)),
        [("new", "plan", "starter", "pro", "month", "month", 2900)],
    ),
    "free with an invoice of nothing, paid within hours": (
        [
            *life(1, ("2026-02-10T08:00", FREE), ("2026-02-10T10:00", PRO)),
            created(
                "invoice",
                "in_0",
                invoice("paid", total=0, amount_due=0, created=at("2026-02-10T08:00")),
                "2026-02-10T08:00",
                "cus_1",
            ),
        ],
        [("new", "plan", "starter", "pro", "month", "month", 2900)],
    ),
    "a first subscription is none": (life(1, (FROM, PRO)), []),
    "a first payment that came late is none": (
        life(
            1,
            ("2026-01-05T10:00", PRO | {"status": "incomplete"}),
            ("2026-01-05T12:00", PRO),
        ),
        [],
    ),
    "a lower plan is none": (life(1, (FROM, PRO), (TO, STARTER)), []),
    "a shorter interval that costs more is expansion": (
        life(1, (FROM, YEARLY), (TO, PRO)),
        [("expansion", "interval", "pro", "pro", "year", "month", 483)],
    ),
    "fewer seats are none": (life(1, (FROM, worth(2900, quantity=3)), (TO, PRO)), []),
    "the best of two that ends leaves another in the lead": (
        [
            *life(
                1,
                (FROM, worth(9000, key="starter_monthly")),
                (TO, gone(worth(9000, key="starter_monthly"))),
            ),
            *life(1, (FROM, PRO), subscription="sub_b"),
        ],
        [],
    ),
    "up and down again within the hour is none": (
        life(1, (FROM, PRO), ("2026-02-10T10:00", SAME_YEARLY), ("2026-02-10T10:20", PRO)),
        [],
    ),
    "up without being paid for is none": (
        life(
            1,
            (FROM, STARTER | {"status": "paused"}),
            (TO, PRO | {"status": "paused"}),
        ),
        [],
    ),
}


@pytest.mark.parametrize(("told", "expected"), LEDGER.values(), ids=LEDGER)
def test_what_is_an_upgrade(told: list[Any], expected: list[Any], store: Store) -> None:
    found = table(desk(store, told, NOW).report("upgrades"))
    assert found == expected


STORY = [
    *life(1, (FROM, STARTER), (TO, PRO)),
    *life(2, (FROM, PRO), ("2026-03-10", SAME_YEARLY)),
    *life(3, (FROM, worth(1900, currency="eur")), ("2026-03-05", worth(2900, currency="eur"))),
]


def test_the_newest_is_first(store: Store) -> None:
    report = desk(store, STORY, NOW).report("upgrades")
    assert [row["occurred_at"][:10] for row in report.rows] == [
        "2026-03-10",
        "2026-03-05",
        "2026-02-10",
    ]
    assert report.totals == {
        "eur": {"upgrades": 1, "delta_minor": 1000},
        "usd": {"upgrades": 2, "delta_minor": 2000},
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"start": "2026-03-06"}, ["cus_2"]),
        ({"end": "2026-03-05"}, ["cus_3", "cus_1"]),
        ({"currency": "usd"}, ["cus_2", "cus_1"]),
        ({"as_of": "2026-03-09"}, ["cus_3", "cus_1"]),
        ({"policy": "chartmogul"}, ["cus_2", "cus_3", "cus_1"]),
        ({"policy": "stripe", "as_of": "2026-02-10"}, ["cus_1"]),
    ],
    ids=str,
)
def test_days_currency_an_earlier_time_and_another_policy(
    asked: dict[str, str], found: list[str], store: Store
) -> None:
    rows = desk(store, STORY, NOW).report("upgrades", **asked).rows
    assert [row["customer_id"] for row in rows] == found


def test_a_step_up_that_costs_the_same_names_its_customer_too(store: Store) -> None:
    known = created("customer", "cus_1", customer(email="a@example.com", name="Ann"), FROM, "cus_1")
    report = desk(store, [known, *life(1, (FROM, PRO), (TO, SAME_YEARLY))], NOW).report("upgrades")
    assert [(row["kind"], row["email"], row["name"]) for row in report.rows] == [
        (None, "a@example.com", "Ann")
    ]


def test_upgrades_follow_a_policy_of_ones_own(store: Store) -> None:
    ours = replace(PRESETS["portside"], slug="ours", collection_paused=True)
    paused = {"pause": {"behavior": "void", "resumes_at": None}}
    lived = life(1, (FROM, STARTER | paused), (TO, PRO | paused))
    portside = desk(store, lived, NOW, policies=PRESETS | {"ours": ours})
    assert table(portside.report("upgrades", policy="ours")) == [
        ("expansion", "plan", "starter", "pro", "month", "month", 2000)
    ]
    assert table(portside.report("upgrades")) == []
