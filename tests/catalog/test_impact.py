"""Whom another catalogue changes: customers in, exactly the changed ones out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event as sql_event

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.catalog_impact import Change
from lib.billing.domain.fold import Rules
from lib.billing.impact import Impact
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.stripe import shapes

NOW = shapes.NOW
SOLD = """
default_plan = "free"
[plans.free]
features = ["hello"]
limits = { seats = 1 }
[plans.starter]
rank = 10
features = ["projects"]
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["projects", "analytics"]
limits = { seats = 10, rows = 100 }
[[plans.pro.prices]]
lookup_key = "pro_monthly"
price_ids = ["price_old_pro"]
"""
HOLDERS = {
    "starter": ["cus_s1", "cus_s2", "cus_s3"],
    "pro": ["cus_p1", "cus_p2", "cus_legacy"],
}
EVERY = ["cus_canceled", "cus_legacy", "cus_never", "cus_p1", "cus_p2", "cus_past", "cus_s1"]
EVERY += ["cus_s2", "cus_s3"]


def _tell(made: list[dict[str, Any]], name: str, key: str | None, **over: Any) -> None:
    org = {"metadata": {"org_id": f"org_{name}"}}
    customer = shapes.customer(id=f"cus_{name}", email=f"{name}@x.example", **org)
    made.append(shapes.event("customer.created", customer))
    if key is not None:
        lookup = None if key.startswith("price_") else key
        price = shapes.price(f"price_{key}" if lookup else key, lookup_key=lookup, product=None)
        subscription = shapes.subscription(
            shapes.item(f"si_{name}", price),
            id=f"sub_{name}",
            customer=f"cus_{name}",
            **org,
            **over,
        )
        made.append(shapes.event("customer.subscription.created", subscription))


def world() -> list[dict[str, Any]]:
    """Three of starter, three of pro (one by a price without a key), one never subscribed, one
    canceled, one whose grace is over: past_due_grace_days after it went past due."""
    made: list[dict[str, Any]] = []
    for name in ("s1", "s2", "s3"):
        _tell(made, name, "starter_monthly")
    for name in ("p1", "p2"):
        _tell(made, name, "pro_monthly")
    _tell(made, "legacy", "price_old_pro")
    _tell(made, "never", None)
    _tell(made, "canceled", "pro_monthly", status="canceled", ended_at=NOW)
    _tell(made, "past", "pro_monthly", status="past_due")
    return [each | {"id": f"evt_{n}"} for n, each in enumerate(made)]


@pytest.fixture
def sold(store: Store) -> Store:
    ingest = Ingest(store, Rules(parse_catalog(SOLD)), clock=lambda: NOW)
    ingest.apply(world())
    return store


def run(store: Store, candidate: str, *, now: int = NOW + 30 * 86_400) -> tuple[list[Change], str]:
    setup = Setup(catalog=parse_catalog(SOLD))
    found = Impact(store, setup, parse_catalog(candidate), now)
    changes = list(found)
    assert found.tally.customers == len(EVERY)
    return changes, found.tally.sentence()


def names(changes: list[Change]) -> list[str]:
    return [each.customer_id for each in changes]


def swap(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def test_the_same_catalogue_changes_nothing(sold: Store) -> None:
    assert run(sold, SOLD) == ([], "Nothing changes for any of 9 customers.")


def test_two_swapped_keys_name_precisely_the_holders(sold: Store) -> None:
    changes, sentence = run(sold, swap(SOLD, "plans.starter", "plans.pro"))
    moved = {each.customer_id: (each.from_plan, each.to_plan) for each in changes}
    assert moved == {
        **dict.fromkeys(HOLDERS["starter"], ("starter", "pro")),
        **dict.fromkeys(HOLDERS["pro"], ("pro", "starter")),
    }
    # Only the keys were swapped: what people may use is what it was.
    assert {(each.gained, each.lost, tuple(each.limits)) for each in changes} == {((), (), ())}
    assert sentence == "6 customers change plan."


def test_swapped_prices_move_features_and_limits_too(sold: Store) -> None:
    changes, sentence = run(sold, swap(SOLD, "starter_monthly", "pro_monthly"))
    assert names(changes) == ["cus_p1", "cus_p2", *HOLDERS["starter"]]
    by_name = {each.customer_id: each for each in changes}
    assert by_name["cus_s1"].gained == ("analytics",)
    assert by_name["cus_p1"].lost == ("analytics",)
    assert by_name["cus_s1"].limits == {"rows": (None, 100), "seats": (3, 10)}
    assert by_name["cus_p1"].limits == {"rows": (100, None), "seats": (10, 3)}
    assert (by_name["cus_s1"].email, by_name["cus_s1"].org_id) == ("s1@x.example", "org_s1")
    assert sentence == (
        "5 customers change plan, 3 gain analytics, 2 lose analytics, "
        "5 get another limit of rows, 5 get another limit of seats."
    )


CANDIDATES: dict[str, tuple[Callable[[str], str], list[str], str]] = {
    "a feature moves to the smaller plan": (
        lambda text: text.replace(
            'features = ["projects"]', 'features = ["projects", "analytics"]'
        ),
        HOLDERS["starter"],
        "3 customers gain analytics.",
    ),
    "a feature is taken away": (
        lambda text: text.replace('["projects", "analytics"]', '["projects"]'),
        ["cus_legacy", "cus_p1", "cus_p2"],
        "3 customers lose analytics.",
    ),
    "a limit rises": (
        lambda text: text.replace("seats = 3 }", "seats = 5 }"),
        HOLDERS["starter"],
        "3 customers get another limit of seats.",
    ),
    "what everybody without a subscription has": (
        lambda text: text.replace('features = ["hello"]', 'features = ["goodbye"]'),
        ["cus_canceled", "cus_never", "cus_past"],
        "3 customers gain goodbye, 3 lose hello.",
    ),
    "another default plan": (
        lambda text: text.replace('default_plan = "free"', 'default_plan = "basic"'),
        ["cus_canceled", "cus_never", "cus_past"],
        "3 customers change plan, 3 lose hello, 3 get another limit of seats.",
    ),
    "a price id that is left out": (
        lambda text: text.replace('price_ids = ["price_old_pro"]\n', ""),
        ["cus_legacy"],
        "1 customer changes plan, 1 gains hello, 1 loses analytics, 1 loses projects, "
        "1 gets another limit of rows, 1 gets another limit of seats, 1 has an unresolved plan.",
    ),
    "a longer grace": (
        lambda text: text + "[policies]\npast_due_grace_days = 90\n",
        ["cus_past"],
        "1 customer changes plan, 1 gains analytics, 1 gains projects, 1 loses hello, "
        "1 gets another limit of rows, 1 gets another limit of seats, 1 gains access.",
    ),
}


@pytest.mark.parametrize(("edit", "who", "said"), CANDIDATES.values(), ids=CANDIDATES.keys())
def test_a_candidate_names_whom_it_changes(
    sold: Store, edit: Callable[[str], str], who: list[str], said: str
) -> None:
    assert edit(SOLD) != SOLD
    changes, sentence = run(sold, edit(SOLD))
    assert (names(changes), sentence) == (who, said)


def test_a_file_edited_in_place_is_compared_with_what_is_stored(sold: Store) -> None:
    edited = parse_catalog(SOLD.replace('features = ["hello"]', "features = []"))
    changes = list(Impact(sold, Setup(catalog=edited), edited, NOW))
    # Its grace runs still, so the one past due has pro.
    assert names(changes) == ["cus_canceled", "cus_never"]
    assert {each.lost for each in changes} == {("hello",)}


@contextmanager
def statements(store: Store) -> Any:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement.split()[0].upper())

    engines = {store.engine, store.read_engine}
    for engine in engines:
        sql_event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        sql_event.remove(engine, "before_cursor_execute", note)


def test_it_only_reads(sold: Store) -> None:
    with statements(sold) as seen:
        run(sold, swap(SOLD, "plans.starter", "plans.pro"))
    assert set(seen) <= {"SELECT", "BEGIN"}
    assert "SELECT" in seen


def test_customers_are_held_a_few_at_a_time(sold: Store) -> None:
    candidate = parse_catalog(swap(SOLD, "plans.starter", "plans.pro"))
    setup = Setup(catalog=parse_catalog(SOLD))
    found = Impact(sold, setup, candidate, NOW + 30 * 86_400, at_once=2)
    assert names(list(found)) == sorted(HOLDERS["starter"] + HOLDERS["pro"])


def test_an_empty_database_has_nobody_to_change(sqlite_store: Store) -> None:
    catalog: Catalog = parse_catalog(SOLD)
    found = Impact(sqlite_store, Setup(catalog=catalog), catalog, NOW)
    assert list(found) == []
    assert found.tally.sentence() == "Nothing changes for any of 0 customers."


def test_who_is_known_by_an_invoice_alone_has_the_default_plan(sold: Store) -> None:
    invoice = shapes.invoice(id="in_x", customer="cus_x")
    ingest = Ingest(sold, Rules(parse_catalog(SOLD)), clock=lambda: NOW)
    ingest.apply([shapes.event("invoice.created", invoice) | {"id": "evt_invoice"}])
    candidate = parse_catalog(SOLD.replace('features = ["hello"]', "features = []"))
    changes = list(Impact(sold, Setup(catalog=parse_catalog(SOLD)), candidate, NOW))
    assert "cus_x" in names(changes)
