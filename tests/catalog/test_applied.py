"""What is noted of an apply, and by whom: running processes go by it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import (
    BillingError,
    CatalogRefused,
    PermissionDenied,
    WrongUsage,
)
from lib.billing.domain.permissions import Role
from lib.billing.store import meta, migrate
from lib.billing.store.engine import Store, memory_store
from lib.billing.store.tables import audit
from tests.catalog.conftest import ADMIN, SOLD, Seller

SEATS = SOLD.replace("seats = 10", "seats = 11")


def mark(sold: str) -> str:
    return parse_catalog(sold).mark


def noted(store: Store) -> str | None:
    with store.reading() as connection:
        return meta.get(connection, meta.APPLIED)


def applied(seller: Seller) -> list[tuple[str, str]]:
    """(who, what) of the audit's rows of what was applied."""
    with seller.store.reading() as connection:
        query = select(audit.c.staff, audit.c.detail).where(audit.c.action == "catalog.applied")
        return [tuple(row) for row in connection.execute(query.order_by(audit.c.audit_id))]


def test_an_apply_notes_its_catalogue_and_who_it_was(seller: Seller) -> None:
    seller.apply()
    assert noted(seller.store) == mark(SOLD)
    ((who, what),) = applied(seller)
    assert who == "ann@example.com"
    assert what.startswith(f"Catalogue {mark(SOLD)}: feature.create analytics: ")


def test_what_stripe_does_not_know_is_noted_without_a_writing_call(seller: Seller) -> None:
    seller.apply()
    before = len(seller.made)
    assert seller.apply(SEATS).done == ()
    assert len(seller.made) == before
    assert noted(seller.store) == mark(SEATS)
    assert applied(seller)[1] == (
        "ann@example.com",
        f"Catalogue {mark(SEATS)} after {mark(SOLD)}: Stripe sells it already",
    )
    seller.apply(SEATS)
    assert len(applied(seller)) == 2, "a second time nothing is new"


def test_what_was_broken_off_or_refused_is_not_noted(seller: Seller) -> None:
    seller.breaks[:] = [4]
    with pytest.raises(BillingError):
        seller.apply()
    assert noted(seller.store) is None
    seller.breaks.clear()
    seller.apply()
    with pytest.raises(CatalogRefused):
        seller.apply(SOLD.replace('currency = "usd"', 'currency = "eur"'))
    assert noted(seller.store) == mark(SOLD)


CHANGED = {
    "the key": (SOLD.replace("plans.pro", "plans.professional"), "plan_key_changed"),
    "the audience": (
        SOLD.replace("rank = 20", 'rank = 20\naudience = "users"'),
        "audience_changed",
    ),
    "the currency": (SOLD.replace('currency = "usd"', 'currency = "eur"'), "currency_changed"),
}


@pytest.mark.parametrize(("sold", "code"), CHANGED.values(), ids=CHANGED.keys())
def test_another_machine_with_another_file_cannot_change_what_is_published(
    seller: Seller, sold: str, code: str
) -> None:
    """It has neither the database nor the file that published: Stripe alone says so."""
    seller.apply()
    before = list(seller.made)
    elsewhere = memory_store()
    migrate.upgrade(elsewhere)
    other = Seller(seller.running, elsewhere, seller.gateway, seller.stripe, seller.made)
    with pytest.raises(CatalogRefused) as refused:
        other.apply(sold)
    assert refused.value.code == code
    assert seller.made == before
    assert noted(elsewhere) is None
    elsewhere.close()


def test_without_stripe_the_file_is_noted_after_its_checks(seller: Seller) -> None:
    adopted = seller.desk(sells=None).adopt(staff="ann@example.com", roles=ADMIN)
    assert (adopted.done, noted(seller.store)) == ((), mark(SOLD))
    assert applied(seller) == [("ann@example.com", f"Catalogue {mark(SOLD)}: without Stripe")]
    assert seller.made == []


NOT_ADOPTED: dict[str, tuple[str, dict[str, Any], frozenset[Role], type[Exception]]] = {
    "an error in the file": (
        SOLD.replace('name = "Pro"', 'name = "Pro"\nfutures = []'),
        {"sells": None},
        ADMIN,
        CatalogRefused,
    ),
    "a role without the right": (
        SOLD,
        {"sells": None},
        frozenset({Role.SUPPORT, Role.FINANCE, Role.FOUNDER}),
        PermissionDenied,
    ),
    "Stripe is there and has to agree": (SOLD, {}, ADMIN, WrongUsage),
}


@pytest.mark.parametrize(
    ("sold", "over", "roles", "error"), NOT_ADOPTED.values(), ids=NOT_ADOPTED.keys()
)
def test_it_is_not_noted_against_a_refusal(
    seller: Seller,
    sold: str,
    over: dict[str, Any],
    roles: frozenset[Role],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        seller.desk(sold, **over).adopt(staff="ann@example.com", roles=roles)
    assert noted(seller.store) is None
