"""Decline codes: asked for once a failure, over restarts too, and said where the key may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.desk import Portside
from lib.billing.domain.errors import StripeRefused, StripeUnavailable
from lib.billing.enrich import REST, Enricher
from lib.billing.settings.setup import Setup
from lib.billing.store import failing, tables
from lib.billing.store.engine import Store
from tests.store.company import CATALOG, START, ingest_into
from tests.stripe import shapes

NO_RIGHT = "The API key lacks the right rak_payment_intent_read."


@dataclass
class Stripe:
    """Tells the decline code of an invoice's payment, or stumbles."""

    codes: dict[str, str] = field(default_factory=lambda: {"in_1": "expired_card"})
    stumbles: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    second: int = START

    def retrieve(
        self, kind: str, object_id: str, *, expand: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], int]:
        self.asked.append(object_id)
        if self.stumbles:
            raise self.stumbles.pop(0)
        self.second += 3_600
        error = {"code": "card_declined", "decline_code": self.codes[object_id]}
        intent = shapes.payment_intent(id=f"pi_{object_id}", customer="cus_1", invoice=None)
        intent |= {"last_payment_error": error}
        payment = {
            "id": f"inpay_{object_id}",
            "object": "invoice_payment",
            "invoice": object_id,
            "status": "open",
            "payment": {"type": "payment_intent", "payment_intent": intent},
        }
        listed = {"object": "list", "data": [payment], "has_more": False}
        return failed(object_id, len(self.asked)) | {"payments": listed}, self.second


def failed(name: str, attempt: int) -> dict[str, Any]:
    state = {"status": "open", "attempted": True, "attempt_count": attempt}
    return shapes.invoice(id=name, customer="cus_1", number=name) | state


def fail(store: Store, name: str, attempt: int) -> None:
    event = shapes.event("invoice.payment_failed", failed(name, attempt))
    when = START + 86_400 * attempt
    ingest_into(store).apply([event | {"id": f"evt_{name}_{attempt}", "created": when}])


def enricher(store: Store, stripe: Stripe) -> Enricher:
    return Enricher(store, ingest_into(store), stripe)


def code(store: Store, name: str = "in_1") -> str | None:
    table = tables.invoices.c
    with store.reading() as connection:
        query = select(table.decline_code).where(table.invoice_id == name)
        return connection.execute(query).scalar_one()


def test_a_failure_is_asked_about_once_also_after_a_restart(store: Store) -> None:
    stripe = Stripe()
    fail(store, "in_1", 1)
    assert [enricher(store, stripe).round() for _ in range(3)] == [1, 0, 0]
    assert (stripe.asked, code(store)) == (["in_1"], "expired_card")


def test_the_next_failure_of_the_same_invoice_is_asked_about_again(store: Store) -> None:
    stripe = Stripe()
    fail(store, "in_1", 1)
    enricher(store, stripe).round()
    stripe.codes["in_1"], stripe.second = "a_lost_cause", START + 2 * 86_400
    fail(store, "in_1", 2)
    assert [enricher(store, stripe).round() for _ in range(2)] == [1, 0]
    assert (len(stripe.asked), code(store)) == (2, "a_lost_cause")


def test_what_events_explain_is_never_asked_about(store: Store) -> None:
    stripe = Stripe()
    fail(store, "in_1", 1)
    told = shapes.payment_intent(id="pi_1", customer="cus_1", invoice="in_1")
    event = shapes.event("payment_intent.payment_failed", told, id="evt_pi")
    ingest_into(store).apply([event])
    assert code(store) is not None
    fail(store, "in_1", 2)
    assert enricher(store, stripe).round() == 0


def test_a_key_without_the_right_is_said_and_not_tried_all_the_time(store: Store) -> None:
    stripe = Stripe({"in_1": "expired_card", "in_2": "expired_card"})
    stripe.stumbles = [StripeRefused(NO_RIGHT, code="stripe_permission")]
    portside = Portside(store=store, clock=lambda: START, setup=Setup(catalog=CATALOG))
    assert portside.declines_refused() is None
    fail(store, "in_1", 1)
    fail(store, "in_2", 1)
    patient = enricher(store, stripe)
    patient.round()
    assert portside.declines_refused() == NO_RIGHT
    assert len(stripe.asked) == 1  # the others would get the same answer
    assert {patient.round() for _ in range(REST)} == {0}
    assert len(stripe.asked) == 1
    patient.round()  # by now it was given the right
    assert portside.declines_refused() is None
    assert (code(store), code(store, "in_2")) == ("expired_card", "expired_card")


def test_what_was_asked_is_kept_when_stripe_goes_away_in_the_middle(store: Store) -> None:
    stripe = Stripe({"in_1": "expired_card", "in_2": "expired_card"})
    fail(store, "in_1", 1)
    fail(store, "in_2", 1)
    retrieve = stripe.retrieve

    def second_fails(kind: str, object_id: str, **options: Any) -> Any:
        if stripe.asked:
            stripe.stumbles = [StripeUnavailable("Stripe does not answer.")]
        return retrieve(kind, object_id, **options)

    stripe.retrieve = second_fails  # type: ignore[method-assign]
    with pytest.raises(StripeUnavailable):
        enricher(store, stripe).round()
    with store.reading() as connection:
        assert len(failing.asked(connection)) == 1


def test_what_is_no_longer_failing_is_forgotten(store: Store) -> None:
    stripe = Stripe()
    fail(store, "in_1", 1)
    enricher(store, stripe).round()
    paid = shapes.invoice(id="in_1", customer="cus_1", status="paid", amount_remaining=0)
    event = shapes.event("invoice.paid", paid, id="evt_paid", created=START + 9 * 86_400)
    ingest_into(store).apply([event])
    enricher(store, stripe).round()
    with store.reading() as connection:
        assert failing.asked(connection) == {}
