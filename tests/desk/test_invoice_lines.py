"""Where an invoice's lines come from, and what is said where they cannot be had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoSuchObject, StripeRefused
from lib.billing.prune import prune
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.store.company import CATALOG, START, ingest_into
from tests.stripe import shapes

DAY = 86_400
LINE = {"id": "il_1", "object": "line_item", "amount": 5800, "currency": "usd"}


def bill(*, more: bool = False, **over: Any) -> dict[str, Any]:
    listed = {"object": "list", "data": [LINE], "has_more": more}
    sums = {"lines": listed, "total": 5800, "total_taxes": [], "total_discount_amounts": []}
    return shapes.invoice(id="in_1", status="open") | sums | over


@dataclass
class Stripe:
    """Answers about one invoice, or refuses to."""

    invoice: dict[str, Any] = field(default_factory=bill)
    refuses: StripeRefused | NoSuchObject | None = None
    asked: list[str] = field(default_factory=list)

    def retrieve(self, kind: str, object_id: str) -> tuple[dict[str, Any], int]:
        self.asked.append(kind)
        if self.refuses:
            raise self.refuses
        return self.invoice, START

    def invoice_lines(self, invoice_id: str) -> list[dict[str, Any]]:
        self.asked.append("lines")
        if self.refuses:
            raise self.refuses
        return [LINE | {"amount": 5000}, LINE | {"id": "il_2", "amount": 800}]


def desk(store: Store, stripe: Stripe | None = None) -> Portside:
    return Portside(store=store, clock=lambda: START, setup=Setup(catalog=CATALOG), stripe=stripe)


def told(store: Store, raw: dict[str, Any], name: str = "evt_1", kind: str = "invoice.finalized"):
    ingest_into(store).apply([shapes.event(kind, raw, id=name)])


def test_the_event_behind_the_row_tells_the_lines_and_nobody_is_asked(store: Store) -> None:
    stripe = Stripe()
    told(store, bill())
    found = desk(store, stripe).invoice("in_1").lines
    assert found.lines is not None
    assert (found.told_by, found.why_not, found.lines.off_by_minor) == ("event evt_1", None, 0)
    assert stripe.asked == []


def test_a_pruned_body_is_said_and_stripe_is_asked_where_it_may_be(store: Store) -> None:
    told(store, bill())
    prune(store, now=START + 90 * DAY, days=30)
    without = desk(store).invoice("in_1").lines
    assert (without.lines, without.told_by) == (None, None)
    assert without.why_not == (
        "The event that told of it has no body any more. "
        "Set STRIPE_API_KEY, so that Stripe can be asked."
    )
    stripe = Stripe()
    found = desk(store, stripe).invoice("in_1").lines
    assert found.lines is not None
    assert (found.told_by, found.lines.off_by_minor) == ("Stripe, asked now", 0)
    assert stripe.asked == ["invoice"]


def test_another_event_about_it_will_do_where_the_newest_has_no_body(store: Store) -> None:
    told(store, bill())
    later = shapes.event("invoice.updated", bill(description="x"), id="evt_2", created=START + 60)
    ingest_into(store).apply([later])
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE inbox SET payload = NULL WHERE event_id = 'evt_2'")
    assert desk(store).invoice("in_1").lines.told_by == "event evt_1"


def test_more_lines_than_the_event_holds_are_asked_for(store: Store) -> None:
    told(store, bill(more=True))
    without = desk(store).invoice("in_1").lines
    assert without.lines is not None
    assert not without.lines.complete
    assert "only the first lines" in (without.why_not or "")
    stripe = Stripe()
    found = desk(store, stripe).invoice("in_1").lines
    assert found.lines is not None
    assert [line.line_id for line in found.lines.lines] == ["il_1", "il_2"]
    assert found.lines.off_by_minor == 0
    assert stripe.asked == ["lines"]


@pytest.mark.parametrize(
    "error",
    [
        StripeRefused("The API key lacks the right rak_invoice_read.", code="stripe_permission"),
        NoSuchObject("Stripe does not know the invoice in_1."),
    ],
    ids=["no right", "unknown"],
)
def test_a_refusal_is_said_and_what_is_known_stays(error: Any, store: Store) -> None:
    told(store, bill(more=True))
    found = desk(store, Stripe(refuses=error)).invoice("in_1").lines
    assert found.lines is not None
    assert str(error) in (found.why_not or "")


def test_an_invoice_that_was_only_read_from_a_list_is_asked_for(store: Store) -> None:
    ingest_into(store).observe([bill()], second=START, source="backfill")
    assert "No event told of it" in (desk(store).invoice("in_1").lines.why_not or "")
    assert desk(store, Stripe()).invoice("in_1").lines.lines is not None


def test_lines_that_cannot_be_read_are_an_answer_not_a_fault(store: Store) -> None:
    told(store, bill(lines={"object": "list", "data": [LINE | {"amount": "x"}]}))
    assert "cannot be read" in (desk(store).invoice("in_1").lines.why_not or "")


def test_an_unknown_invoice_is_one_sentence(store: Store) -> None:
    with pytest.raises(NoSuchObject, match="No invoice in_9 is stored"):
        desk(store).invoice("in_9")
