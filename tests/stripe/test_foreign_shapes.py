"""What other programs that speak like Stripe, and Stripe of long ago, send and answer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from lib.billing.domain.errors import BillingError, StripeRefused, StripeUnavailable
from lib.billing.domain.observations import State
from lib.billing.stripe.gateway import Gateway
from lib.billing.stripe.parse import parse_event, parse_object
from tests.stripe.shapes import NOW, Raw, event, invoice, item, price, subscription
from tests.stripe.stub import DATE, Answer, Stub, running_stub

CUSTOMER = {"id": "cus_1", "object": "customer"}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub() as running:
        yield running


@pytest.fixture
def gateway(stub: Stub) -> Iterator[Gateway]:
    made = Gateway("rk_test_foreign", stub.url, retries=0)
    yield made
    made.close()


def _answer(body: Any, status: int = 200) -> Answer:
    return Answer(body, status, {"Date": DATE})


# -- answers ---------------------------------------------------------------------------------------

NOT_OFFERED = "not offered there"
ANSWERS: dict[str, tuple[Answer, type[BillingError], str, str]] = {
    "an address that is not there, in words": (
        _answer(b"404: Not Found", 404),
        StripeRefused,
        "stripe_not_offered",
        NOT_OFFERED,
    ),
    "an address that is not there, as Stripe says it": (
        _answer({"error": {"message": "Unrecognized request URL (GET: /v1/x)."}}, 404),
        StripeRefused,
        "stripe_not_offered",
        NOT_OFFERED,
    ),
    "a method that is not allowed": (
        _answer(b"", 405),
        StripeRefused,
        "stripe_not_offered",
        NOT_OFFERED,
    ),
    "something not built yet": (
        _answer({"error": {"message": "later", "type": "api_error"}}, 501),
        StripeRefused,
        "stripe_not_offered",
        NOT_OFFERED,
    ),
    "a gatekeeper's refusal of the key": (
        _answer(b"who are you", 401),
        StripeRefused,
        "stripe_key",
        "STRIPE_API_KEY",
    ),
    "a gatekeeper's refusal of the right": (
        _answer(b"forbidden", 403),
        StripeRefused,
        "stripe_permission",
        "lacks a right",
    ),
    "a gatekeeper's limit": (
        _answer(b"slow", 429),
        StripeUnavailable,
        "stripe_rate_limit",
        "slow down",
    ),
    "an error that is a word": (
        _answer({"error": "not_there"}, 404),
        StripeUnavailable,
        "stripe_unavailable",
        "does not speak like Stripe",
    ),
    "an error that is nothing": (
        _answer({"error": None}, 400),
        StripeUnavailable,
        "stripe_unavailable",
        "does not speak like Stripe",
    ),
    "an answer that is no text": (
        _answer(b'{"data": "\xff"}'),
        StripeUnavailable,
        "stripe_unavailable",
        "does not speak like Stripe",
    ),
    "a fine answer that is no list": (
        _answer({"message": "hello"}),
        StripeRefused,
        "stripe_no_list",
        "no list",
    ),
    "a list whose rows are no list": (
        _answer({"object": "list", "data": {"cus_1": CUSTOMER}}),
        StripeRefused,
        "stripe_no_list",
        "no list",
    ),
}


@pytest.mark.parametrize(("answer", "kind", "code", "told"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_strange_answer_is_one_sentence(
    stub: Stub,
    gateway: Gateway,
    answer: Answer,
    kind: type[BillingError],
    code: str,
    told: str,
) -> None:
    stub.will(answer)
    with pytest.raises(kind, match=told) as caught:
        next(gateway.list_objects("customers"))
    assert caught.value.code == code


def test_a_list_that_says_nothing_of_more_is_whole(stub: Stub, gateway: Gateway) -> None:
    stub.will(_answer({"data": [CUSTOMER]}))
    assert [page.objects for page in gateway.list_objects("customers")] == [[CUSTOMER]]


def test_a_list_that_repeats_itself_ends(stub: Stub, gateway: Gateway) -> None:
    stub.will(_answer({"data": [CUSTOMER], "has_more": True}))
    pages = gateway.list_objects("customers")
    with pytest.raises(StripeRefused, match="never ends"):
        list(itertools.islice(pages, 10))


def test_a_missing_object_needs_no_code(stub: Stub, gateway: Gateway) -> None:
    stub.will(_answer({"error": {"message": "Not Found", "type": "invalid_request_error"}}, 404))
    with pytest.raises(BillingError, match="does not know the customer cus_9") as caught:
        gateway.retrieve("customer", "cus_9")
    assert caught.value.code == "no_such_object"


def test_a_price_of_another_key_is_not_sold(stub: Stub, gateway: Gateway) -> None:
    other = price("price_other", lookup_key="starter_monthly")
    stub.will(_answer({"data": [other, price("price_pro")]}))
    assert gateway.price_id("pro_monthly") == "price_pro"
    stub.will(_answer({"data": [other]}))
    assert gateway.price_id("pro_monthly") is None


# -- objects ---------------------------------------------------------------------------------------


def _state(obj: Raw) -> State:
    (seen, *_) = parse_object(obj, second=NOW, event_id="read:1")
    assert seen.after is not None
    return seen.after


FLAGS: dict[str, tuple[Raw, str, bool, bool]] = {
    "not yet tried is a draft": ({}, "draft", False, True),
    "tried in vain is open and failing": (
        {"attempted": True, "attempt_count": 1},
        "open",
        True,
        True,
    ),
    "closed unpaid is open, and nobody tries again": (
        {"attempted": True, "attempt_count": 4, "closed": True},
        "open",
        True,
        False,
    ),
    "forgiven is uncollectible": (
        {"closed": True, "forgiven": True},
        "uncollectible",
        False,
        False,
    ),
    "paid is paid": ({"attempted": True, "closed": True, "paid": True}, "paid", False, False),
}


@pytest.mark.parametrize(("flags", "status", "failing", "goes_on"), FLAGS.values(), ids=FLAGS)
def test_flags_stood_where_invoices_have_a_status(
    flags: Raw, status: str, failing: bool, goes_on: bool
) -> None:
    old = {
        "id": "in_1",
        "object": "invoice",
        "amount_due": 2900,
        "attempt_count": 0,
        "attempted": False,
        "closed": False,
        "currency": "usd",
        "customer": "cus_1",
        "date": NOW - 60,
        "forgiven": False,
        "paid": False,
        "subscription": "sub_1",
        "total": 2900,
    }
    state = _state(old | flags)
    assert (state["status"], state["payment_failed"]) == (status, failing)
    assert (state["auto_advance"], state["created"]) == (goes_on, NOW - 60)
    assert state["collection_method"] == "charge_automatically"


def test_an_invoice_with_a_status_has_no_use_for_flags() -> None:
    plain = _state(invoice())
    assert _state(invoice(closed=True, forgiven=True, date=1)) == plain


METHODS: dict[str, tuple[Raw, str | None]] = {
    "nothing said, nothing due by a day": ({}, "charge_automatically"),
    "nothing said, due by a day": ({"due_date": NOW}, None),
    "its former name": ({"billing": "send_invoice"}, "send_invoice"),
}


@pytest.mark.parametrize(("said", "method"), METHODS.values(), ids=METHODS)
def test_how_an_invoice_is_collected_when_it_does_not_say(said: Raw, method: str | None) -> None:
    bare = {"id": "in_1", "object": "invoice", "customer": "cus_1", "status": "open"}
    assert _state(bare | said)["collection_method"] == method


def test_a_counted_attempt_was_made() -> None:
    bare = {"id": "in_1", "object": "invoice", "status": "open", "amount_due": 2900}
    assert _state(bare | {"attempt_count": 1})["payment_failed"]
    assert not _state(bare | {"attempt_count": 1, "attempted": False})["payment_failed"]


def test_an_interval_without_a_count_is_one() -> None:
    state = _state(price(recurring={"interval": "month"}))
    assert (state["interval"], state["interval_count"]) == ("month", 1)


def test_a_deleted_subscription_has_ended_whatever_status_it_was_left_with() -> None:
    left = subscription(status="active")
    (seen, *_) = parse_event(event("customer.subscription.deleted", left)).observations
    assert seen.after is not None
    assert (seen.kind, seen.after["status"], seen.effective) == ("terminal", "canceled", NOW)


def test_an_item_without_an_id_has_a_place() -> None:
    nameless = {key: value for key, value in item().items() if key != "id"}
    state = _state(subscription(nameless, nameless))
    assert [each["id"] for each in state["items"]] == ["sub_1:0", "sub_1:1"]


PRICES: dict[str, tuple[Raw, str, str | None]] = {
    "a bare id": ({"price": "price_9"}, "price_9", None),
    "a bare id beside its twin in full": (
        {"price": "plan_9", "plan": {"id": "plan_9", "amount": 500, "interval": "year"}},
        "plan_9",
        "500",
    ),
    "a bare plan": ({"price": None, "plan": "plan_9"}, "plan_9", None),
}


@pytest.mark.parametrize(("given", "name", "amount"), PRICES.values(), ids=PRICES)
def test_a_price_may_be_an_id(given: Raw, name: str, amount: str | None) -> None:
    (only,) = _state(subscription(item(**given)))["items"]
    assert (only["price"]["id"], only["price"]["unit_amount_decimal"]) == (name, amount)


def test_a_renewal_tells_the_whole_old_item() -> None:
    """As Stripe sends it: the items in full, although only the period is new."""
    old = item(current_period_start=NOW - 30 * 86_400, current_period_end=NOW)
    told = {"items": {"data": [old]}, "latest_invoice": "in_0"}
    (seen,) = parse_event(
        event("customer.subscription.updated", subscription(item()), told)
    ).observations
    assert seen.kind == "edge"
    assert seen.before is not None
    assert seen.after is not None
    changed = {key for key in seen.after if seen.after[key] != seen.before[key]}
    assert changed == {"items", "latest_invoice"}
    assert seen.before["items"][0]["period_end"] == NOW


def test_a_change_of_plan_tells_the_item_and_a_cut_of_the_plan() -> None:
    now = subscription(item(), plan={"id": "price_pro", "object": "plan", "amount": 2900})
    told = {
        "items": {"data": [item(priced=price("price_starter", 900))]},
        "plan": {"id": "price_starter", "amount": 900},
    }
    (seen,) = parse_event(event("customer.subscription.updated", now, told)).observations
    assert seen.before is not None
    assert seen.before["items"][0]["price"]["id"] == "price_starter"
    assert seen.before["items"][0]["price"]["unit_amount_decimal"] == "900"


def test_a_balance_had_a_longer_name() -> None:
    assert _state({**CUSTOMER, "account_balance": -500})["balance"] == -500
