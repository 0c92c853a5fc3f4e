"""Lists, searches and expansion through stripe-python."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.shop import Shop


def test_auto_paging_meets_every_customer_once_newest_first(frozen_shop: Shop) -> None:
    made = [frozen_shop.customer(None, name=f"Customer {n}") for n in range(23)]
    listed = frozen_shop.stripe.v1.customers.list({"limit": 5}).auto_paging_iter()
    assert [customer.id for customer in listed] == made[::-1]


def test_ending_before_is_the_page_just_before(frozen_shop: Shop) -> None:
    made = [frozen_shop.customer(None) for _ in range(6)]
    page = frozen_shop.stripe.v1.customers.list({"limit": 2, "ending_before": made[0]})
    assert [customer.id for customer in page.data] == [made[2], made[1]]
    assert page.has_more is True


def test_email_filters_exactly_and_case_sensitively(frozen_shop: Shop) -> None:
    frozen_shop.customer(None, email="Ada@example.com")
    customers = frozen_shop.stripe.v1.customers
    assert len(customers.list({"email": "Ada@example.com"}).data) == 1
    assert customers.list({"email": "ada@example.com"}).data == []


def test_a_created_range_is_half_open_where_it_says_so(frozen_shop: Shop) -> None:
    first = frozen_shop.customer(None)
    frozen_shop.running.advance(100)
    second = frozen_shop.customer(None)
    at = frozen_shop.stripe.v1.customers.retrieve(second).created
    customers = frozen_shop.stripe.v1.customers
    assert [c.id for c in customers.list({"created": {"lt": at}}).data] == [first]
    assert [c.id for c in customers.list({"created": {"gte": at}}).data] == [second]
    assert [c.id for c in customers.list({"created": at}).data] == [second]


def test_lists_of_subscriptions_leave_out_canceled_ones_unless_asked(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer()
    kept = frozen_shop.subscription(customer)
    gone = frozen_shop.subscription(customer, "pro")
    subscriptions = frozen_shop.stripe.v1.subscriptions
    subscriptions.cancel(gone.id)
    assert [s.id for s in subscriptions.list().data] == [kept.id]
    assert [s.id for s in subscriptions.list({"status": "all"}).data] == [gone.id, kept.id]
    assert [s.id for s in subscriptions.list({"status": "ended"}).data] == [gone.id]


def test_expansion_reaches_four_levels_and_leaves_other_ids_alone(frozen_shop: Shop) -> None:
    subscription = frozen_shop.subscription(frozen_shop.customer())
    invoice = frozen_shop.stripe.v1.invoices.retrieve(
        subscription.latest_invoice,
        {"expand": ["payments.data.payment.payment_intent", "customer"]},
    )
    assert invoice.payments.data[0].payment.payment_intent.status == "succeeded"
    assert invoice.customer.name == "Ada Example"
    assert invoice.parent.subscription_details.subscription == subscription.id


def test_payments_of_an_invoice_are_there_only_when_asked_for(frozen_shop: Shop) -> None:
    subscription = frozen_shop.subscription(frozen_shop.customer())
    plain = frozen_shop.stripe.v1.invoices.retrieve(subscription.latest_invoice)
    assert "payments" not in plain


def test_an_unknown_property_cannot_be_expanded(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer(None)
    with pytest.raises(stripe.InvalidRequestError, match="This property cannot be expanded"):
        frozen_shop.stripe.v1.customers.retrieve(customer, {"expand": ["nothing"]})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("email:'ada@example.com'", 1, id="equality"),
        pytest.param("email~'ADA'", 1, id="substring without case"),
        pytest.param("name:'nobody'", 0, id="no match"),
        pytest.param("-name:'nobody'", 1, id="negation"),
        pytest.param("metadata['org']:'o1' AND created>0", 1, id="metadata and a number"),
        pytest.param("name:'nobody' OR email:'ada@example.com'", 1, id="or"),
    ],
)
def test_search_understands_the_query_language(frozen_shop: Shop, query: str, found: int) -> None:
    frozen_shop.customer(None, metadata={"org": "o1"})
    assert len(frozen_shop.stripe.v1.customers.search({"query": query}).data) == found


@pytest.mark.parametrize("query", ["email", "a:'x' AND b:'y' OR c:'z'", "name:'x' nonsense"])
def test_a_query_that_cannot_be_read_is_refused(frozen_shop: Shop, query: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        frozen_shop.stripe.v1.customers.search({"query": query})
    assert refusal.value.param == "query"


def test_a_lookup_key_moves_only_when_the_transfer_is_asked_for(frozen_shop: Shop) -> None:
    prices = frozen_shop.stripe.v1.prices
    prices.update(frozen_shop.prices["basic"], {"lookup_key": "starter"})
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        prices.update(frozen_shop.prices["pro"], {"lookup_key": "starter"})
    prices.update(frozen_shop.prices["pro"], {"lookup_key": "starter", "transfer_lookup_key": True})
    found = prices.list({"lookup_keys": ["starter"]}).data
    assert [price.id for price in found] == [frozen_shop.prices["pro"]]
    assert prices.retrieve(frozen_shop.prices["basic"]).lookup_key is None
