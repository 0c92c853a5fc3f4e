"""Nothing that arrives can make the parser raise anything but its two named errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.billing.domain.errors import EventUnusable, PayloadInvalid
from lib.billing.domain.observations import canonical
from lib.billing.stripe.parse import parse_event, parse_object
from tests.cut import examples
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
    subscription,
)

UPDATED = "customer.subscription.updated"

NO_EVENTS: dict[str, Any] = {
    "a list": [],
    "a text": "evt_1",
    "null": None,
    "an empty object": {},
    "another object of Stripe's": subscription(),
    "an event without an id": {"object": "event", "type": UPDATED, "created": NOW},
    "an event without a type": {"object": "event", "id": "evt_1", "created": NOW},
    "an event without a time": {"object": "event", "id": "evt_1", "type": UPDATED},
    "a time that is a text": event(UPDATED, subscription(), created="1790000000"),
    "a time that is a boolean": event(UPDATED, subscription(), created=True),
    "a time beyond any calendar": event(UPDATED, subscription(), created=10**15),
    "livemode as a text": event(UPDATED, subscription(), livemode="false"),
    "an id that is an object": event(UPDATED, subscription(), id={"id": "evt_1"}),
    "data that is a list": event(UPDATED, subscription(), data=[]),
    "a thin event": {"object": "v2.core.event", "id": "evt_1", "type": "v1.customer.updated"},
}


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS.keys())
def test_what_is_no_event_is_refused_with_a_sentence(body: Any) -> None:
    with pytest.raises(PayloadInvalid, match=r"^This is .*\.$") as caught:
        parse_event(body)
    assert type(caught.value) is PayloadInvalid


UNUSABLE: dict[str, tuple[Raw, str]] = {
    "no object": (event(UPDATED, subscription(), data={}), "holds no object"),
    "an object of another kind": (event(UPDATED, invoice()), "of kind subscription"),
    "no id": (event(UPDATED, subscription(id=None)), "id should be an id, it is missing"),
    "no status": (event(UPDATED, subscription(status=None)), "status should be a text"),
    "a quantity given as a text": (
        event(UPDATED, subscription(item(quantity="2"))),
        r"items\[0\].quantity should be a whole number, not a text",
    ),
    "an amount given as a decimal": (
        event("invoice.updated", invoice(total=58.5)),
        "total should be a whole number, not a decimal number",
    ),
    "an amount beyond the database": (
        event("invoice.updated", invoice(total=10**30)),
        "total should be between",
    ),
    "a flag given as a number": (
        event(UPDATED, subscription(cancel_at_period_end=1)),
        "cancel_at_period_end should be true or false, not a whole number",
    ),
    "an endless name": (event("customer.updated", customer(name="x" * 10_000)), "at most 800"),
    "an id with a line break": (event(UPDATED, subscription(customer="cus\n1")), "printable"),
    "an item without a price": (
        event(UPDATED, subscription(items={"data": [{"id": "si_1"}]})),
        r"items\[0\].price should be an object, it is missing",
    ),
    "a decimal that is no number": (
        event(
            "customer.discount.created",
            discount(source={"coupon": coupon(percent_off="half")}),
        ),
        "percent_off should be a decimal number, not a text",
    ),
    "old values that are a list": (
        event(UPDATED, subscription(), data={"object": subscription(), "previous_attributes": []}),
        "previous_attributes should be an object, not a list",
    ),
    "old values of the wrong type": (
        event(UPDATED, subscription(), {"cancel_at": "soon"}),
        "before its change cannot be read: cancel_at",
    ),
}


@pytest.mark.parametrize(("body", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unreadable_object_is_refused_by_the_field(body: Raw, reason: str) -> None:
    with pytest.raises(EventUnusable, match=reason):
        parse_event(body)


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(EventUnusable) as caught:
        parse_event(event("invoice.updated", invoice(total="hunter2")))
    assert "hunter2" not in str(caught.value)


def test_bottomless_old_values_are_refused() -> None:
    body = subscription()
    old: Any = {}
    now: Any = {}
    for _ in range(500):
        old, now = {"x": old}, {"x": now}
    with pytest.raises(EventUnusable, match="too deeply"):
        parse_event(event(UPDATED, body | {"metadata": now}, {"metadata": old}))


def test_texts_that_no_database_takes_are_mended() -> None:
    after = (
        parse_event(event("customer.updated", customer(name="A\x00nn \ud800")))
        .observations[0]
        .after
    )
    assert after is not None
    assert after["name"] == "A�nn ?"


def test_an_unknown_enum_passes_through() -> None:
    after = parse_event(event(UPDATED, subscription(status="hibernating"))).observations[0].after
    assert after is not None
    assert after["status"] == "hibernating"


def test_an_object_of_an_unknown_kind_gives_nothing() -> None:
    assert parse_object({"object": "tax_rate", "id": "txr_1"}, second=NOW, event_id="r") == ()


PAYMENT = {"id": "inpay_1", "payment": {"payment_intent": payment_intent()}}
BODIES = [
    event(UPDATED, subscription(), {"items": {"data": [{"quantity": 1}]}, "cancel_at": 5}),
    event(
        "invoice.payment_failed",
        invoice(
            payments={"data": [{"id": "inpay_1", "payment": {"payment_intent": payment_intent()}}]}
        ),
    ),
    event("customer.updated", customer(discount=discount()), {"metadata": {"org_id": None}}),
    event("customer.discount.updated", discount(), {"end": 1}),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "evt_1", "2900", "\x00", "\ud800", "x" * 6000, [], {}, [None], [{}]]),
    st.dictionaries(st.sampled_from(["id", "object", "data", "coupon", "price"]), st.none()),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(p for key, child in inner for p in _paths(child, (*path, key)))]


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replace(copy[path[0]], path[1:], new)
    return copy


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_no_mutation_of_an_event_raises_anything_else(data: st.DataObject) -> None:
    body: Any = data.draw(st.sampled_from(BODIES))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_paths(body)))
        body = _replace(body, path, data.draw(ODD))
    try:
        parsed = parse_event(body)
    except PayloadInvalid:
        return
    for seen in parsed.observations:
        canonical(seen.after).encode()
        canonical(seen.before).encode()
        assert 0 <= seen.effective <= 253_402_300_799
        assert seen.object_id
