"""Whatever an agent has in hand finds the customer."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.domain.search import wanted
from lib.billing.store import search_index
from lib.billing.store.engine import Store
from lib.billing.store.queries import search as queries
from tests.reports.ledger import at, created, customer, desk, invoice, paying
from tests.store.company import Company, ingest_into
from tests.stripe import shapes


def person(customer_id: str, **over: Any) -> Observation:
    return created("customer", customer_id, customer(**over), "2026-01-01", customer_id)


NUMBERED = invoice(number="ACME-77", subscription=None)
PEOPLE = [
    person("cus_Ann", email="ann@acme.test", name="Ann Lee", org_id="org_acme"),
    person("cus_Bo", email="Bo@Acme.test", name="Bo Anning", org_id="org_acme"),
    person("cus_Cy", email="cy@other.test", name="<script>ann</script>"),
    person("cus_Di", name="100% Ltd_"),
    person("cus_Ed", name="Jörg Straße 🎉 Büro"),
    person("cus_Fa", name="شركة النور", email="o'hara+x@fa.test"),
    person("cus_Gu", name='"quoted" OR NEAR(x) *', org_id="李明"),
    created("subscription", "sub_Bo1", paying(), "2026-01-05", "cus_Bo"),
    created("subscription", "sub_1MtHbELkdIwHu", paying(), "2026-01-05", "cus_Di"),
    created("invoice", "in_Cy1", NUMBERED, "2026-03-05", "cus_Cy"),
]

SEARCHES = [
    ("an id", "cus_Ann", [("cus_Ann", "customer")]),
    ("an id in the wrong case", "CUS_ANN", [("cus_Ann", "customer")]),
    ("the beginning of an id", "sub_1mt", [("cus_Di", "subscription")]),
    ("an id without its head", "1MtHbELk", [("cus_Di", "subscription")]),
    ("an e-mail", "bo@acme.test", [("cus_Bo", "email")]),
    ("a piece of an e-mail", "acme.t", [("cus_Ann", "email"), ("cus_Bo", "email")]),
    ("an org names all its customers", "org_acme", [("cus_Ann", "org"), ("cus_Bo", "org")]),
    ("a subscription", "sub_Bo1", [("cus_Bo", "subscription")]),
    ("an invoice number", "acme-77", [("cus_Cy", "invoice")]),
    ("a piece of an invoice number", "me-7", [("cus_Cy", "invoice")]),
    ("an invoice id", "in_Cy1", [("cus_Cy", "invoice")]),
    (
        "beginnings come before middles, and then the alphabet of what it is found by",
        "ann",
        [("cus_Ann", "email"), ("cus_Bo", "name"), ("cus_Cy", "name")],
    ),
    (
        "what is exactly so comes before what begins so",
        "ann lee",
        [("cus_Ann", "name")],
    ),
    ("two characters are a beginning", "bo", [("cus_Bo", "email")]),
    ("two characters are not looked for inside", "ee", []),
    ("nor is one", "🎉", []),
    ("a word of its own letters begins with one of them", "李", [("cus_Gu", "org")]),
    ("case beyond ASCII", "JÖRG", [("cus_Ed", "name")]),
    ("a sharp s is two", "STRASSE", [("cus_Ed", "name")]),
    ("an accent typed as a character of its own", "bu\u0308ro", [("cus_Ed", "name")]),
    ("wide letters", "ｊöｒｇ", [("cus_Ed", "name")]),
    ("an emoji among letters", "e 🎉 b", [("cus_Ed", "name")]),
    ("right to left", "النور", [("cus_Fa", "name")]),
    ("marks of direction come along in a paste", "\u200fشركة\u200e", [("cus_Fa", "name")]),
    ("blanks between words do not matter", "ann   \tlee", [("cus_Ann", "name")]),
    ("spaces around it do not matter", "  cus_Cy ", [("cus_Cy", "customer")]),
    ("a percent sign is not a wildcard", "100%", [("cus_Di", "name")]),
    ("two wildcards find only themselves", "%_", []),
    ("an underscore is not a wildcard", "a_n", []),
    ("hostile text is only text", "<script>", [("cus_Cy", "name")]),
    ("an apostrophe", "o'hara+", [("cus_Fa", "email")]),
    ("quotes", '"quoted" or', [("cus_Gu", "name")]),
    ("a lone quote", '"', [("cus_Gu", "name")]),
    ("FTS's own words are words", "ann OR bo", []),
    ("FTS's own signs are signs", "near(x) *", [("cus_Gu", "name")]),
    ("FTS's columns are none", "folded:ann", []),
    ("only punctuation", "><", []),
    ("only punctuation that is there", "</s", [("cus_Cy", "name")]),
    ("a quote harms nothing", "'; DROP TABLE customers; --", []),
    ("what no database takes is left out", "cus_\x00Cy\ud800", [("cus_Cy", "customer")]),
    ("nothing finds nothing", "   ", []),
    ("three hundred characters", "ann" * 100, []),
]


@pytest.mark.parametrize(
    ("text", "expected"), [s[1:] for s in SEARCHES], ids=[s[0] for s in SEARCHES]
)
def test_search(text: str, expected: list[tuple[str, str]], store: Store) -> None:
    hits = desk(store, PEOPLE, "2026-03-15").search(text).hits
    assert [(hit.customer_id, hit.matched) for hit in hits] == expected


def test_a_hit_says_who_it_is_and_what_they_have(store: Store) -> None:
    [hit] = desk(store, PEOPLE, "2026-03-15").search("sub_Bo1").hits
    assert (hit.name, hit.email, hit.plan, hit.status, hit.rule, hit.access, hit.matched_text) == (
        "Bo Anning",
        "Bo@Acme.test",
        "pro",
        "active",
        "active",
        True,
        "sub_Bo1",
    )


def twins(count: int) -> list[Observation]:
    return [
        created("customer", f"cus_{n:04}", customer(name="Twin"), "2026-01-01", f"cus_{n:04}")
        for n in range(count)
    ]


def test_pages_follow_each_other_and_end(store: Store) -> None:
    portside = desk(store, twins(60), "2026-03-15")
    pages = [portside.search("twin", limit=25, offset=at) for at in (0, 25, 50, 75)]
    assert [hit.customer_id for page in pages for hit in page.hits] == [
        f"cus_{n:04}" for n in range(60)
    ]
    assert {(page.total, page.capped, page.sentence) for page in pages} == {(60, False, None)}
    assert len(portside.search("twin", limit=1_000).hits) == 50


def test_beyond_the_cap_it_says_so_and_still_puts_the_best_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CAP", 20)
    portside = desk(store, [*twins(60), person("cus_Z", name="win")], "2026-03-15")
    found = portside.search("win", limit=5)
    assert (found.hits[0].customer_id, found.total, found.capped) == ("cus_Z", 21, True)
    assert found.sentence
    assert "More than 20 match" in found.sentence


SENTENCES = [
    ("nothing that can be seen", "\u200b\u200f", "nothing to search for"),
    ("five hundred characters", "x" * 500, "longer than 300"),
    ("one character", "x", "With 3 characters or more"),
    ("an id's beginning that is too short to be one", "sub", "Ids are found by how they begin"),
]


@pytest.mark.parametrize(
    ("text", "said"), [s[1:] for s in SENTENCES], ids=[s[0] for s in SENTENCES]
)
def test_what_cannot_be_found_is_said(text: str, said: str, store: Store) -> None:
    found = desk(store, [], "2026-03-15").search(text)
    assert (found.hits, found.total) == ((), 0)
    assert found.sentence
    assert said in found.sentence


def test_a_hit_says_when_it_ends(store: Store) -> None:
    leaving = paying(cancel_at_period_end=True)
    ending = created("subscription", "sub_Bo1", leaving, "2026-01-05", "cus_Bo")
    [hit] = desk(store, [PEOPLE[1], ending], "2026-03-15").search("cus_Bo").hits
    assert (hit.rule, hit.plan_name, hit.ends_at) == ("winding_down", "Pro", at("2026-04-05"))


def test_what_is_renamed_is_found_by_its_new_name_only(store: Store) -> None:
    ingest = ingest_into(store)
    made = Company(1)
    made.created("customer.created", shapes.customer(id="cus_1", name="Old & Sons"))
    made.now += 60
    made.changed("customer.updated", "cus_1", name="New & Daughters")
    ingest.apply(made.events[:1])
    with store.reading() as connection:
        assert queries.matching_customers(connection, wanted("old & sons"), 5, 0).total == 1
    ingest.apply(made.events[1:])
    with store.reading() as connection:
        assert queries.matching_customers(connection, wanted("old & sons"), 5, 0).total == 0
        assert queries.matching_customers(connection, wanted("daughters"), 5, 0).total == 1


def test_every_way_to_find_somebody_uses_an_index(store: Store) -> None:
    """However few rows there are: with them the planner may not think of reading them all."""
    desk(store, PEOPLE, "2026-03-15")
    with store.reading() as connection:
        explain = "EXPLAIN QUERY PLAN "
        if not store.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN "
        statement, parameters = queries.ranked(connection, wanted("1MtHbELk"), 25, 0)
        plan = [str(row) for row in connection.exec_driver_sql(explain + statement, parameters)]
    told = "\n".join(plan)
    assert "Seq Scan" not in told
    assert not [
        name for name in ("customers", "subscriptions", "invoices", "t") if f"SCAN {name}" in told
    ]
    for table in ("customers", "subscriptions", "invoices"):
        assert told.count(search_index.id_index(table)) >= 3
    index = "search_index VIRTUAL TABLE INDEX" if store.is_sqlite else search_index.TRIGRAMS
    assert told.count(index) >= 3


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("cus_Ann", ["cus_Ann"]),
        ("org_acme", ["cus_Ann", "cus_Bo"]),
        ("BO@acme.TEST", ["cus_Bo"]),
        ("cus_ann", []),
        ("acme", []),
    ],
)
def test_finding_takes_only_exact_names(wanted: str, expected: list[str], store: Store) -> None:
    assert desk(store, PEOPLE, "2026-03-15").find(wanted) == expected


@pytest.mark.postgres
def test_the_many_invoices_of_one_customer_are_common_to_nobody_else(postgres_url: str) -> None:
    numbered = [invoice(number=f"ACME-{n}", subscription=None) for n in range(25)]
    bills = [
        created("invoice", f"in_{n}", state, "2026-03-05", "cus_Ann")
        for n, state in enumerate(numbered)
    ]
    many = [person(f"cus_{n}", name=f"Common {n}") for n in range(25)]
    store = Store(postgres_url)
    desk(store, [*PEOPLE, *bills, *many], "2026-04-01")
    with store.reading() as connection:
        assert queries.common_pieces(connection, wanted("acme-")) == frozenset()
        assert queries.common_pieces(connection, wanted("common")) == {"\n\ncommon", "common"}
    store.close()
