"""Whatever an agent has in hand finds the customer."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.reports.ledger import created, customer, desk, invoice, paying


def person(customer_id: str, **over: Any) -> Observation:
    return created("customer", customer_id, customer(**over), "2026-01-01", customer_id)


NUMBERED = invoice(number="ACME-77", subscription=None)
PEOPLE = [
    person("cus_Ann", email="ann@acme.test", name="Ann Lee", org_id="org_acme"),
    person("cus_Bo", email="Bo@Acme.test", name="Bo Anning", org_id="org_acme"),
    person("cus_Cy", email="cy@other.test", name="<script>ann</script>"),
    person("cus_Di", name="100% Ltd_"),
    created("subscription", "sub_Bo1", paying(), "2026-01-05", "cus_Bo"),
    created("invoice", "in_Cy1", NUMBERED, "2026-03-05", "cus_Cy"),
]

SEARCHES = [
    ("an id", "cus_Ann", [("cus_Ann", "customer")]),
    ("an id in the wrong case", "CUS_ANN", [("cus_Ann", "customer")]),
    ("an e-mail", "bo@acme.test", [("cus_Bo", "email")]),
    ("an org names all its customers", "org_acme", [("cus_Ann", "org"), ("cus_Bo", "org")]),
    ("a subscription", "sub_Bo1", [("cus_Bo", "subscription")]),
    ("an invoice number", "acme-77", [("cus_Cy", "invoice")]),
    ("an invoice id", "in_Cy1", [("cus_Cy", "invoice")]),
    (
        "beginnings come before middles",
        "ann",
        [("cus_Ann", "email"), ("cus_Cy", "name"), ("cus_Bo", "name")],
    ),
    ("spaces around it do not matter", "  cus_Cy ", [("cus_Cy", "customer")]),
    ("a percent sign is not a wildcard", "100%", [("cus_Di", "name")]),
    ("a lone wildcard finds only itself", "%", [("cus_Di", "name")]),
    ("hostile text is only text", "<script>", [("cus_Cy", "name")]),
    ("a quote harms nothing", "'; DROP TABLE customers; --", []),
    ("what no database takes is left out", "cus_\x00Cy\ud800", [("cus_Cy", "customer")]),
    ("nothing finds nothing", "   ", []),
]


@pytest.mark.parametrize(
    ("text", "expected"), [s[1:] for s in SEARCHES], ids=[s[0] for s in SEARCHES]
)
def test_search(text: str, expected: list[tuple[str, str]], store: Store) -> None:
    hits = desk(store, PEOPLE, "2026-03-15").search(text)
    assert [(hit.customer_id, hit.matched) for hit in hits] == expected


def test_a_hit_says_who_it_is_and_what_they_have(store: Store) -> None:
    [hit] = desk(store, PEOPLE, "2026-03-15").search("sub_Bo1")
    assert (hit.name, hit.email, hit.plan, hit.status, hit.rule, hit.access, hit.matched_text) == (
        "Bo Anning",
        "Bo@Acme.test",
        "pro",
        "active",
        "active",
        True,
        "sub_Bo1",
    )


def test_hits_are_capped(store: Store) -> None:
    many = [
        created("customer", f"cus_{n:03}", customer(name="Twin"), "2026-01-01", f"cus_{n:03}")
        for n in range(60)
    ]
    portside = desk(store, many, "2026-03-15")
    assert [hit.customer_id for hit in portside.search("twin", limit=2)] == ["cus_000", "cus_001"]
    assert len(portside.search("twin", limit=1_000)) == 50


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
