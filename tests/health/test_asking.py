"""Staff ask the one writer for something: who may, what is kept, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.desk import Portside
from lib.billing.domain.errors import (
    BillingError,
    NoSuchObject,
    NotFound,
    PermissionDenied,
    WrongUsage,
)
from lib.billing.domain.findings import FindingFilters
from lib.billing.domain.permissions import Role
from lib.billing.settings.setup import Setup
from lib.billing.store import audit
from lib.billing.store.engine import Store
from lib.billing.store.tables import acknowledgements, requests
from lib.billing.store.tables import audit as audit_table
from tests.health import seeding
from tests.health.seeding import DAY, NOW
from tests.reports.ledger import CATALOG

ADMIN = {"staff": "ada@example.com", "roles": {Role.ADMIN}}
Ask = Callable[[Portside], Any]


@pytest.fixture
def desk(store: Store) -> Portside:
    seeding.customer(store, "cus_1")
    seeding.failed(store, "evt_1")
    seeding.drift(store, "cus_1", subject="drift:a")
    return Portside(store=store, clock=lambda: NOW, setup=Setup(catalog=CATALOG))


def kept(store: Store) -> list[tuple[Any, ...]]:
    a = audit_table.c
    query = select(a.staff, a.action, a.customer_id, a.reason, a.detail).order_by(a.audit_id)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def asked(store: Store) -> list[tuple[Any, ...]]:
    r = requests.c
    query = select(r.at, r.staff, r.action, r.subject, r.reason, r.state).order_by(r.request_id)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


ASKS: dict[str, tuple[Ask, tuple[str, str, str | None], tuple[str, str | None, str]]] = {
    "a repair": (
        lambda desk: desk.request_repair("cus_1", reason="Drift board", **ADMIN),
        ("repair", "cus_1", "Drift board"),
        ("repair.requested", "cus_1", "repair of cus_1"),
    ),
    "a check of everyone": (
        lambda desk: desk.request_check(**ADMIN),
        ("check", "", None),
        ("check.requested", None, "comparison of everything"),
    ),
    "a retry of one event": (
        lambda desk: desk.request_retry("evt_1", **ADMIN),
        ("retry", "evt_1", None),
        ("retry.requested", None, "retry of evt_1"),
    ),
    "ignoring an event": (
        lambda desk: desk.request_ignore("evt_1", reason=" A test event ", **ADMIN),
        ("ignore", "evt_1", "A test event"),
        ("ignore.requested", None, "ignoring of evt_1"),
    ),
}


@pytest.mark.parametrize(("ask", "row", "told"), ASKS.values(), ids=ASKS.keys())
def test_an_ask_is_a_row_that_waits_and_a_row_of_the_audit(
    desk: Portside,
    store: Store,
    ask: Ask,
    row: tuple[str, str, str | None],
    told: tuple[str, str | None, str],
) -> None:
    number = ask(desk)
    assert asked(store) == [(NOW, "ada@example.com", *row, "waiting")]
    action, customer_id, detail = told
    assert kept(store) == [("ada@example.com", action, customer_id, row[2], detail)]
    seen = desk.request_about(row[1])
    assert seen is not None
    assert (seen.request_id, seen.state) == (number, "waiting")


def test_a_double_click_is_one_request_and_one_row_of_the_audit(
    desk: Portside, store: Store
) -> None:
    first = desk.request_repair("cus_1", **ADMIN)
    assert desk.request_repair("cus_1", **ADMIN) == first
    assert len(asked(store)) == len(kept(store)) == 1
    seeding.carried_out(store, first, "2 fields repaired.")
    assert desk.request_repair("cus_1", **ADMIN) > first


REFUSED: dict[str, tuple[Ask, type[BillingError]]] = {
    "ignoring without a reason": (
        lambda desk: desk.request_ignore("evt_1", reason="  ", **ADMIN),
        WrongUsage,
    ),
    "ignoring everything": (
        lambda desk: desk.request_ignore("", reason="All of it", **ADMIN),
        WrongUsage,
    ),
    "a reason without end": (
        lambda desk: desk.request_repair("cus_1", reason="x" * 301, **ADMIN),
        WrongUsage,
    ),
    "an event that did not fail": (
        lambda desk: desk.request_retry("evt_2", **ADMIN),
        NoSuchObject,
    ),
    "a customer nobody knows": (
        lambda desk: desk.request_repair("cus_2", **ADMIN),
        NoSuchObject,
    ),
    "acknowledging without a reason": (
        lambda desk: desk.acknowledge("drift:a", reason="", days=7, **ADMIN),
        WrongUsage,
    ),
    "acknowledging for ever": (
        lambda desk: desk.acknowledge("drift:a", reason="Known", days=400, **ADMIN),
        WrongUsage,
    ),
    "acknowledging what is gone": (
        lambda desk: desk.acknowledge("drift:b", reason="Known", days=7, **ADMIN),
        NotFound,
    ),
}


@pytest.mark.parametrize(("ask", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    desk: Portside, store: Store, ask: Ask, error: type[BillingError]
) -> None:
    with pytest.raises(error):
        ask(desk)
    assert asked(store) == kept(store) == []


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.FOUNDER])
def test_only_those_who_may_repair_may_ask(desk: Portside, store: Store, role: Role) -> None:
    who = {"staff": "eve@example.com", "roles": {role}}
    asks: list[Ask] = [
        lambda desk: desk.request_repair("cus_1", **who),
        lambda desk: desk.request_check("cus_1", **who),
        lambda desk: desk.request_retry("evt_1", **who),
        lambda desk: desk.request_ignore("evt_1", reason="Me", **who),
        lambda desk: desk.acknowledge("drift:a", reason="Me", days=1, **who),
    ]
    for ask in asks:
        with pytest.raises(PermissionDenied):
            ask(desk)
    assert asked(store) == kept(store) == []


def test_an_acknowledgement_says_who_why_and_until_when(desk: Portside, store: Store) -> None:
    desk.acknowledge("drift:a", reason="Finance is on it", days=7, **ADMIN)
    with store.reading() as connection:
        rows = connection.execute(select(acknowledgements)).mappings().all()
    assert [dict(row) | {"acknowledgement_id": 0} for row in rows] == [
        {
            "acknowledgement_id": 0,
            "subject": "drift:a",
            "staff": "ada@example.com",
            "reason": "Finance is on it",
            "at": NOW,
            "expires_at": NOW + 7 * DAY,
        }
    ]
    assert kept(store) == [
        (
            "ada@example.com",
            "finding.acknowledged",
            None,
            "Finance is on it",
            "drift:a, for 7 days",
        )
    ]
    with store.reading() as connection:
        assert audit.first_broken(connection) is None


def test_a_customer_that_only_stripe_knows_can_be_repaired(desk: Portside, store: Store) -> None:
    seeding.drift(store, "cus_new", subject="drift:new", projected=None)
    assert desk.request_repair("cus_new", **ADMIN) > 0


def test_the_history_of_a_finding_tells_who_asked_and_what_came_of_it(
    desk: Portside, store: Store
) -> None:
    (found,) = desk.findings(FindingFilters()).rows
    number = desk.request_repair("cus_1", **ADMIN)
    seeding.carried_out(store, number, "Repaired: 2 fields of sub_1 now say what Stripe says.")
    view = desk.finding(found.finding.finding_id)
    assert [entry.sentence for entry in view.history[:2]] == [
        "Repaired: 2 fields of sub_1 now say what Stripe says.",
        "ada@example.com asked for a repair.",
    ]
