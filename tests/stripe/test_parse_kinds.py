"""Which kind of observation an event gives, of what, whose, and when it counts."""

from __future__ import annotations

import pytest

from lib.billing.domain.observations import STATE_SHAPES, Observation
from lib.billing.stripe.event_types import EVENT_TYPES
from lib.billing.stripe.parse import parse_event, parse_object
from tests.stripe.shapes import (
    NOW,
    Raw,
    coupon,
    customer,
    discount,
    event,
    invoice,
    item,
    payment_intent,
    price,
    subscription,
)

ENDED = {"status": "canceled", "ended_at": NOW - 60}
UPDATED = "customer.subscription.updated"


def _first(kind: str, obj: Raw, previous: Raw | None = None) -> Observation:
    return parse_event(event(kind, obj, previous)).observations[0]


KINDS: dict[str, tuple[str, Raw, Raw | None, str, int]] = {
    "a new subscription is created": (
        "customer.subscription.created",
        subscription(),
        None,
        "created",
        NOW,
    ),
    "a change is an edge": (UPDATED, subscription(), {"status": "trialing"}, "edge", NOW),
    "an update without old values is a point": (UPDATED, subscription(), None, "point", NOW),
    "an update of nothing that is kept is a point": (
        UPDATED,
        subscription(),
        {"metadata": {"colour": "red"}},
        "point",
        NOW,
    ),
    "a reminder is a point": (
        "customer.subscription.trial_will_end",
        subscription(status="trialing"),
        None,
        "point",
        NOW,
    ),
    "a deleted subscription is terminal when it ended": (
        "customer.subscription.deleted",
        subscription(**ENDED),
        None,
        "terminal",
        NOW - 60,
    ),
    "an update to canceled is terminal": (
        UPDATED,
        subscription(**ENDED),
        {"status": "active", "ended_at": None},
        "terminal",
        NOW - 60,
    ),
    "an expired first payment is terminal": (
        UPDATED,
        subscription(status="incomplete_expired"),
        {"status": "incomplete"},
        "terminal",
        NOW,
    ),
    "a deleted customer is terminal": ("customer.deleted", customer(), None, "terminal", NOW),
    "a void invoice is terminal": (
        "invoice.voided",
        invoice(status="void"),
        None,
        "terminal",
        NOW,
    ),
    "a deleted draft is terminal": (
        "invoice.deleted",
        invoice(status="draft"),
        None,
        "terminal",
        NOW,
    ),
    "a paid invoice is a point": ("invoice.paid", invoice(status="paid"), None, "point", NOW),
    "a new invoice is created": ("invoice.created", invoice(), None, "created", NOW),
    "a removed discount is terminal": (
        "customer.discount.deleted",
        discount(),
        None,
        "terminal",
        NOW,
    ),
    "a new price is created": ("price.created", price(), None, "created", NOW),
    "a deleted coupon is terminal": ("coupon.deleted", coupon(), None, "terminal", NOW),
}


@pytest.mark.parametrize(
    ("kind", "obj", "previous", "expected", "effective"), KINDS.values(), ids=KINDS.keys()
)
def test_kind_and_time_of_an_observation(
    kind: str, obj: Raw, previous: Raw | None, expected: str, effective: int
) -> None:
    seen = _first(kind, obj, previous)
    assert (seen.kind, seen.effective, seen.second) == (expected, effective, NOW)
    assert (seen.before is not None) == (previous is not None and expected != "point")


def test_before_is_after_with_the_old_values_put_back() -> None:
    seen = _first(
        UPDATED,
        subscription(cancel_at=NOW + 9, cancellation_details={"reason": "cancellation_requested"}),
        {"cancel_at": None, "cancellation_details": {"reason": None}},
    )
    assert seen.before is not None
    assert seen.after is not None
    changed = {key for key in seen.after if seen.after[key] != seen.before[key]}
    assert changed == {"cancel_at", "reason"}
    assert seen.before["cancel_at"] is None


PARTIAL = {
    "a partial item without an id": {"items": {"data": [{"quantity": 1}, {}]}},
    "a partial item with its id": {"items": {"data": [{"id": "si_1", "quantity": 1}, {}]}},
    "a partial item that says what it is": {
        "items": {"data": [{"id": "si_1", "object": "subscription_item", "quantity": 1}, {}]}
    },
    "one partial item of two, found by its id": {"items": {"data": [{"id": "si_2"}]}},
}


@pytest.mark.parametrize("previous", list(PARTIAL.values())[:3], ids=list(PARTIAL)[:3])
def test_partial_elements_of_an_equally_long_list_merge(previous: Raw) -> None:
    seen = _first(UPDATED, subscription(item(), item("si_2")), previous)
    assert seen.before is not None
    assert [(i["id"], i["quantity"]) for i in seen.before["items"]] == [("si_1", 1), ("si_2", 2)]
    assert seen.before["items"][0]["price"]["id"] == "price_pro"


def test_a_whole_list_replaces_the_list() -> None:
    seen = _first(
        UPDATED,
        subscription(item("si_new", price("price_b", 1)), item("si_2")),
        {"items": {"object": "list", "data": [item("si_1")]}},
    )
    assert seen.before is not None
    assert [i["id"] for i in seen.before["items"]] == ["si_1"]


def test_an_item_that_was_replaced_keeps_nothing_of_its_successor() -> None:
    metered = item("si_1", price("price_m", 0, unit_amount=None, unit_amount_decimal="0.5"))
    del metered["quantity"]
    seen = _first(UPDATED, subscription(item("si_9")), {"items": {"data": [metered]}})
    assert seen.before is not None
    before = seen.before["items"][0]
    assert (before["id"], before["quantity"]) == ("si_1", None)
    assert before["price"]["unit_amount_decimal"] == "0.5"


def test_metadata_merges_key_by_key() -> None:
    seen = _first(
        UPDATED,
        subscription(metadata={"org_id": "org_2", "x": "1"}),
        {"metadata": {"org_id": "org_1"}},
    )
    assert seen.before is not None
    assert seen.before["org_id"] == "org_1"


@pytest.mark.parametrize("kind", ["invoice.updated", "invoice.payment_failed", "invoice.finalized"])
def test_a_failed_invoice_is_the_same_state_whatever_the_event_is_called(kind: str) -> None:
    after = _first(kind, invoice()).after
    assert after is not None
    assert after["payment_failed"] is True
    assert after == _first("invoice.updated", invoice()).after


NOT_FAILED = {
    "not yet attempted": {"attempted": False, "attempt_count": 0},
    "paid": {"status": "paid", "amount_remaining": 0},
    "a draft": {"status": "draft", "attempted": False, "attempt_count": 0},
    "nothing remaining": {"amount_remaining": 0},
    "given up": {"status": "uncollectible"},
}


@pytest.mark.parametrize("over", NOT_FAILED.values(), ids=NOT_FAILED.keys())
def test_an_invoice_has_not_failed_when(over: Raw) -> None:
    after = _first("invoice.updated", invoice(**over)).after
    assert after is not None
    assert after["payment_failed"] is False


OWNERS: dict[str, tuple[str, Raw, str, str | None, tuple[str, str] | None]] = {
    "an invoice payment waits for its invoice": (
        "invoice_payment.paid",
        {
            "id": "inpay_1",
            "object": "invoice_payment",
            "invoice": "in_1",
            "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
            "status": "paid",
        },
        "invoice_payment",
        None,
        ("invoice", "in_1"),
    ),
    "a dispute waits for its charge": (
        "charge.dispute.created",
        {"id": "dp_1", "object": "dispute", "charge": "ch_1", "payment_intent": "pi_1"},
        "dispute",
        None,
        ("charge", "ch_1"),
    ),
    "a refund without a charge waits for its payment": (
        "refund.created",
        {"id": "re_1", "object": "refund", "charge": None, "payment_intent": "pi_1"},
        "refund",
        None,
        ("payment", "pi_1"),
    ),
    "a checkout names its customer": (
        "checkout.session.completed",
        {
            "id": "cs_1",
            "object": "checkout.session",
            "customer": "cus_1",
            "subscription": "sub_1",
            "client_reference_id": "org_9",
        },
        "checkout",
        "cus_1",
        None,
    ),
    "a payment attempt names its customer": (
        "payment_intent.payment_failed",
        payment_intent(),
        "payment",
        "cus_1",
        None,
    ),
    "a schedule names its customer": (
        "subscription_schedule.created",
        {
            "id": "sub_sched_1",
            "object": "subscription_schedule",
            "customer": "cus_1",
            "subscription": "sub_1",
            "status": "active",
            "phases": [
                {"start_date": 1, "end_date": 2, "items": [{"price": "price_a", "quantity": 1}]}
            ],
        },
        "schedule",
        "cus_1",
        None,
    ),
    "a price belongs to nobody": ("price.updated", price(), "price", None, None),
}


@pytest.mark.parametrize(
    ("kind", "obj", "name", "owner", "parent"), OWNERS.values(), ids=OWNERS.keys()
)
def test_whose_it_is(
    kind: str, obj: Raw, name: str, owner: str | None, parent: tuple[str, str] | None
) -> None:
    seen = _first(kind, obj)
    assert (seen.object_type, seen.customer_id, seen.parent) == (name, owner, parent)


def test_a_dispute_without_an_id_is_named_by_its_charge() -> None:
    seen = _first("charge.dispute.created", {"object": "dispute", "charge": "ch_1"})
    assert (seen.object_id, seen.parent) == ("ch_1:dispute", ("charge", "ch_1"))


@pytest.mark.parametrize(("paid", "status"), [(True, "succeeded"), (False, "failed")])
def test_a_charge_without_a_status_was_paid_or_not(paid: bool, status: str) -> None:
    after = _first("charge.updated", {"id": "ch_1", "object": "charge", "paid": paid}).after
    assert after is not None
    assert after["status"] == status


def test_a_failed_attempt_tells_its_decline_code_and_time() -> None:
    after = _first("payment_intent.payment_failed", payment_intent()).after
    assert after is not None
    assert (after["code"], after["decline_code"], after["attempted_at"]) == (
        "card_declined",
        "insufficient_funds",
        NOW,
    )


def test_an_invoice_read_with_its_payments_gives_the_decline_code_too() -> None:
    read = invoice(
        payments={
            "object": "list",
            "data": [
                {
                    "id": "inpay_1",
                    "object": "invoice_payment",
                    "invoice": "in_1",
                    "status": "open",
                    "payment": {"type": "payment_intent", "payment_intent": payment_intent()},
                }
            ],
        }
    )
    seen = parse_object(read, second=NOW + 9, event_id="read:in_1")
    told = [(o.object_type, o.kind, o.customer_id, o.second) for o in seen]
    assert told == [
        ("invoice", "point", "cus_1", NOW + 9),
        ("invoice_payment", "point", "cus_1", NOW + 9),
        ("payment", "point", "cus_1", NOW + 9),
    ]
    assert seen[2].after is not None
    assert (seen[2].after["invoice"], seen[2].after["decline_code"]) == (
        "in_1",
        "insufficient_funds",
    )


def test_a_subscription_brings_the_discounts_tiers_and_coupons_that_stand_in_it() -> None:
    tiered = price(
        billing_scheme="tiered",
        tiers=[{"up_to": 5, "unit_amount": 100}, {"up_to": None, "unit_amount_decimal": "50.5"}],
    )
    expanded = discount(source={"type": "coupon", "coupon": coupon()})
    seen = parse_event(
        event(UPDATED, subscription(item(priced=tiered), discounts=[expanded]))
    ).observations
    assert [(o.object_type, o.customer_id) for o in seen] == [
        ("subscription", "cus_1"),
        ("discount", "cus_1"),
        ("coupon", None),
        ("price", None),
    ]
    assert seen[3].after is not None
    assert seen[3].after["tiers"] == [
        {"up_to": 5, "unit_amount_decimal": "100", "flat_amount_decimal": None},
        {"up_to": None, "unit_amount_decimal": "50.5", "flat_amount_decimal": None},
    ]


def test_a_discount_of_an_invoice_alone_is_not_the_customers() -> None:
    own = discount(id="di_9", subscription=None, invoice="in_1", source={"coupon": coupon()})
    seen = parse_event(event("invoice.updated", invoice(discounts=[own]))).observations
    assert [o.object_type for o in seen] == ["invoice", "coupon"]


def test_an_ended_subscription_in_a_read_is_terminal() -> None:
    (seen,) = parse_object(subscription(**ENDED), second=NOW, event_id="read:sub_1")
    assert (seen.kind, seen.effective) == ("terminal", NOW - 60)


def test_a_deleted_customer_in_a_read_is_terminal() -> None:
    (seen,) = parse_object(
        {"id": "cus_1", "object": "customer", "deleted": True}, second=NOW, event_id="read:cus_1"
    )
    assert seen.kind == "terminal"
    assert seen.after is not None
    assert seen.after["deleted"] is True


def test_the_organization_is_found_under_the_configured_key() -> None:
    body = event("customer.created", customer(metadata={"tenant": " org_7 ", "org_id": "other"}))
    after = parse_event(body, org_key="tenant").observations[0].after
    assert after is not None
    assert after["org_id"] == "org_7"


IGNORED = ["invoice.upcoming", "billing_portal.session.created", "plan.created", "made.up.type"]


@pytest.mark.parametrize("kind", IGNORED)
def test_what_is_not_kept_is_ignored_with_a_reason(kind: str) -> None:
    parsed = parse_event(event(kind, {"object": "whatever"}))
    assert parsed.observations == ()
    assert parsed.ignored
    assert parsed.ignored.endswith(".")


def _smallest(kind: str) -> Raw:
    name = EVENT_TYPES[kind].name
    raw = {"id": "x_1", "object": name, "status": "active", "customer": "cus_1"}
    return raw | ({"coupon": "co_1"} if name == "discount" else {})


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_listed_type_gives_a_state_of_the_published_shape(kind: str) -> None:
    seen = _first(kind, _smallest(kind))
    shape = STATE_SHAPES[seen.object_type]
    depth, top = 0, ""
    for sign in shape.replace("|null", ""):
        depth += (sign in "{[") - (sign in "}]")
        top += sign if depth == 0 and sign not in "}]" else ""
    assert seen.after is not None
    assert sorted(seen.after) == sorted(top.split())
