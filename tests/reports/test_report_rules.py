"""What every report keeps to: its fields, its envelope, its files and its refusals."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from lib.billing.domain.errors import WrongUsage
from lib.billing.reports import REPORTS
from lib.billing.store.engine import Store
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, customer, desk, ended, invoice, paying
from tests.reports.lives import gone, life
from tests.reports.test_report_rows import ANN, ANN_LEAVES, BOB_FAILS, EUROS, STARTER

SURFACE = {
    "aging": "currency bucket invoices amount_remaining_minor",
    "recovery": "period currency failed_minor recovered_minor lost_minor in_progress_minor "
    "recovery_rate",
    "recovery-cash": "period currency recovered_minor",
    "dso": "period currency collection_method",
    "entitlements": "customer_id org_id plan rule access access_until status cancel_at_period_end "
    "cancel_at current_period_end features limits event_id",
    "winding-down": "customer_id org_id email subscription_id plan interval status mrr_minor "
    "currency ends_at requested_at reason feedback comment",
    "failed-payments": "customer_id email subscription_id invoice_id number "
    "amount_remaining_minor currency attempt_count next_attempt_at final_attempt decline_code "
    "failed_at age_days mrr_minor suggested_flow",
    "plan-mix": "plan interval interval_count currency subscriptions customers mrr_minor share",
    "plan-customers": "customer_id org_id email name subscription_id plan interval interval_count "
    "status winding_down mrr_minor currency start_date",
    "plan-trend": "month currency plan customers mrr_minor share arpa_minor",
    "plan-moves": "customer_id org_id email name move from_plan to_plan before_minor after_minor "
    "delta_minor currency moved_at",
    "mrr": "period currency opening_minor new_minor reactivation_minor expansion_minor "
    "contraction_minor churn_minor fx_minor closing_minor committed_minor",
    "movements": "occurred_at customer_id kind delta_minor currency from_plan to_plan "
    "subscription_id event_id",
    "upgrades": "occurred_at customer_id email name kind change from_plan to_plan from_interval "
    "to_interval delta_minor currency",
    "churn": "period currency customers_start customers_new customers_churned customer_churn "
    "gross_mrr_churn net_mrr_churn grr nrr voluntary involuntary unknown reasons",
    "churned": "left_at customer_id org_id email name subscription_id plan interval mrr_minor "
    "currency cause reason feedback comment",
    "cohorts": "cohort currency month_index customers customers_retained mrr_minor "
    "mrr_retained_minor customer_retention mrr_retention",
    "saves": "period reason scheduled undone ended pending save_rate mrr_saved_minor",
    "invoices": "invoice_id number customer_id subscription_id status currency total_minor "
    "tax_minor amount_due_minor amount_paid_minor amount_remaining_minor created_at due_at "
    "paid_at attempt_count hosted_invoice_url pdf",
    "bridge": "policy_from policy_to line currency sentence customers delta_minor reached_minor "
    "from_minor to_minor",
    "drift": "customer_id field projected stripe cause first_seen_at",
    "access-matrix": "customer_id pays access since mrr_minor currency rule",
    "inbox": "event_id type created_at received_at source state error attempts",
    "outgoing": "event_id type customer_id sequence endpoint state attempts status reason",
    "links": "minted_at staff customer_id flow reason ticket outcome followed_by",
    "audit": "audit_id at staff action customer_id flow reason ticket",
    "runway": "week_start currency plan kind subscriptions mrr_minor",
    "self-audit": "currency line claim unit left right ok rows note",
    "link-conversion": "by name minted matured acted conversion small_sample",
    "closes": "month currency closed_at staff policy timezone opening_minor closing_minor "
    "restated_minor restatements closing_now_minor definitions changed reason hash previous_hash",
    "restatements": "month customer_id currency kind closed_minor now_minor delta_minor cause "
    "event_id received_at",
}
"""The fields that other people's programs rely on, in their order."""

RECOVERED = created(
    "invoice",
    "in_9",
    invoice(
        "paid",
        number="PORT-0009",
        amount_paid=2900,
        amount_remaining=0,
        attempt_count=2,
        paid_at=at("2026-03-09"),
    ),
    "2026-03-09",
    "cus_1",
)
EVERYONE = [*ANN_LEAVES, *BOB_FAILS, RECOVERED]


@pytest.mark.parametrize("name", sorted(SURFACE))
def test_the_surface_fields_come_first_and_in_order(name: str) -> None:
    fields = [field.name for field in REPORTS[name].fields]
    expected = SURFACE[name].split()
    assert fields[: len(expected)] == expected


def test_no_report_is_missing_from_the_surface() -> None:
    assert set(REPORTS) == set(SURFACE)


@pytest.mark.parametrize("name", sorted(SURFACE))
def test_every_report_comes_out_in_every_format(name: str, store: Store) -> None:
    report = desk(store, EVERYONE, "2026-03-15T12:00").report(name)
    envelope = json.loads(report.to_json())
    assert list(envelope) == (
        "report as_of livemode watermark policy timezone rows totals definitions".split()
    )
    assert envelope["report"] == name
    assert envelope["as_of"] == "2026-03-15T12:00:00Z"
    assert envelope["policy"] == "portside"
    assert all(sentence.endswith(".") for sentence in envelope["definitions"].values())
    header, *lines = csv.reader(io.StringIO(report.to_csv()))
    assert header == [field.name for field in report.fields]
    assert len(lines) == len(report.rows)
    assert len(report.cells()) == len(report.rows)


@pytest.mark.parametrize("name", sorted(SURFACE))
def test_an_empty_projection_gives_an_empty_report(name: str, store: Store) -> None:
    report = desk(store, [], "2026-03-15T12:00").report(name)
    assert (report.rows, report.totals) == ([], {})


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "profit"}, "There is no report 'profit'."),
        ({"as_of": "yesterday"}, "neither a day"),
        ({"as_of": "9999-12-31"}, "is not between the years 1970 and 9998."),
        ({"as_of": "1969-12-31"}, "is not between the years 1970 and 9998."),
        ({"name": "mrr", "end": "9999-12-31"}, "is not between the years 1970 and 9998."),
        ({"name": "winding-down", "start": "2026-02-30"}, "is not a day"),
        (
            {"name": "winding-down", "start": "2026-03-02", "end": "2026-03-01"},
            "--from 2026-03-02 is after --to 2026-03-01.",
        ),
        ({"by": "fortnight"}, "none of day, week, month, quarter"),
        ({"policy": "mine"}, "none of chartmogul, portside, profitwell, stripe"),
        ({"limit": 0}, "--limit must be 1 or more."),
        ({"currency": "dollars"}, "three-letter code"),
        ({"name": "plan-mix", "start": "2026-01-01"}, "use --as-of instead"),
        ({"currency": "usd"}, "leave --currency out"),
    ],
    ids=lambda value: str(value),
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    options: dict[str, Any], sentence: str, store: Store
) -> None:
    portside = desk(store, [], "2026-03-15T12:00")
    asked = {"name": "entitlements"} | options
    with pytest.raises(WrongUsage) as refusal:
        portside.report(asked.pop("name"), **asked)
    assert sentence in str(refusal.value)
    assert refusal.value.code == "wrong_usage"


def test_a_limit_cuts_rows_and_leaves_the_totals_whole(store: Store) -> None:
    twins = [created("subscription", f"sub_{n}", paying(), "2026-01-05", "cus_1") for n in "123"]
    leaving = [
        changed(
            "subscription", f"sub_{n}", paying(), paying(cancel_at=at("2026-04-05")), "2026-03-01",
            "cus_1",
        )
        for n in "123"
    ]  # fmt: skip
    report = desk(store, [*twins, *leaving], "2026-03-15").report("winding-down", limit=1)
    assert [row["subscription_id"] for row in report.rows] == ["sub_1"]
    assert report.totals == {"usd": {"subscriptions": 3, "mrr_minor": 8700}}


def test_totals_never_mix_currencies(store: Store) -> None:
    euros = created("subscription", "sub_5", EUROS, "2026-01-06", "cus_5")
    report = desk(store, [*ANN, euros], "2026-03-15").report("plan-mix")
    assert report.totals == {
        "eur": {"subscriptions": 1, "customers": 1, "mrr_minor": 1900},
        "usd": {"subscriptions": 1, "customers": 1, "mrr_minor": 2900},
    }


def test_totals_say_how_many_subscriptions_could_not_be_valued(store: Store) -> None:
    odd = created("subscription", "sub_3", paying(discounts=["di_new"]), "2026-01-06", "cus_3")
    assert desk(store, [*ANN, odd], "2026-03-15").report("plan-mix").totals == {
        "usd": {"subscriptions": 1, "customers": 1, "mrr_minor": 2900, "uncounted": 1}
    }


def test_a_customer_with_two_plans_is_one_customer_of_the_total(store: Store) -> None:
    second = created("subscription", "sub_3", STARTER, "2026-01-06", "cus_1")
    report = desk(store, [*ANN, second], "2026-03-15").report("plan-mix")
    assert [row["customers"] for row in report.rows] == [1, 1]
    assert report.totals["usd"] == {"subscriptions": 2, "customers": 1, "mrr_minor": 3800}


def test_files_never_hold_a_formula_and_keep_the_words(store: Store) -> None:
    named = created("customer", "cus_1", customer(email="=1+1@example.com"), "2026-01-01", "cus_1")
    text = desk(store, [named, *ANN_LEAVES[1:]], "2026-03-15").report("winding-down").to_csv()
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["email"], row["comment"]) == ("'=1+1@example.com", "'=HYPERLINK(1)")


def test_lists_are_joined_by_semicolons_in_files(store: Store) -> None:
    text = desk(store, ANN, "2026-03-15").report("entitlements").to_csv()
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["features"], row["limits"], row["access"], row["access_until"]) == (
        "analytics;api",
        "projects=5;seats=10",
        "true",
        "",
    )


def test_tables_show_money_in_units_and_no_control_characters(store: Store) -> None:
    yen = paying(currency="jpy", cancel_at=at("2026-04-05"), comment="\x1b[31mred\n") | {
        "items": [item(price("pro_monthly", "2900", currency="jpy"), end=at("2026-04-05"))]
    }
    observations = [*ANN_LEAVES, created("subscription", "sub_9", yen, "2026-01-06", "cus_9")]
    report = desk(store, observations, "2026-03-15").report("winding-down")
    money = report.header().index("mrr")
    assert [line[money] for line in report.cells()] == ["29.00", "2900"]
    assert "\x1b" not in "".join(cell for line in report.cells() for cell in line)


def test_an_earlier_as_of_says_so_and_leaves_the_kept_projection_alone(store: Store) -> None:
    portside = desk(store, ANN_LEAVES, "2026-03-15")
    earlier = portside.report("winding-down", as_of="2026-03-09")
    assert (earlier.rows, earlier.envelope()["as_of"]) == ([], "2026-03-09T23:59:59Z")
    assert len(portside.report("winding-down").rows) == 1


def test_another_policy_is_computed_on_demand(store: Store) -> None:
    portside = desk(store, ANN_LEAVES, "2026-03-15")
    assert portside.report("plan-mix").totals["usd"]["mrr_minor"] == 2900
    assert portside.report("plan-mix", policy="stripe").totals == {}
    churned = portside.report("movements", policy="stripe").rows[-1]
    assert (churned["kind"], churned["occurred_at"]) == ("churn", "2026-03-10T00:00:00Z")


def test_a_re_ended_subscription_churns_when_it_ended(store: Store) -> None:
    over = ended("sub_1", paying("canceled", ended_at=at("2026-04-05")), "2026-04-06", "cus_1")
    report = desk(store, [*ANN_LEAVES, over], "2026-04-10").report("movements")
    assert report.rows[-1]["occurred_at"] == "2026-04-05T00:00:00Z"


OF_THEIR_OWN = set(
    "inbox outgoing links link-conversion drift access-matrix audit closes restatements".split()
)
"""Reports that this world leaves empty; each has tests of its own."""


@pytest.mark.parametrize("name", sorted(set(SURFACE) - OF_THEIR_OWN))
def test_as_of_now_says_what_the_kept_projection_says(name: str, store: Store) -> None:
    grew = life(77, ("2026-01-10", STARTER), ("2026-02-10", paying()))
    left = life(78, ("2026-01-10", STARTER), ("2026-02-10", gone(STARTER)))
    portside = desk(store, [*EVERYONE, *grew, *left], "2026-03-15T12:00:00Z")
    kept = portside.report(name)
    assert kept.rows
    assert portside.report(name, as_of="2026-03-15T12:00:00Z") == kept
