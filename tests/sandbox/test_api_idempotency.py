"""The same idempotency key never does a thing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop


def post(shop: Shop, key: str, **form: str) -> httpx.Response:
    return httpx.post(
        f"{shop.running.url}/v1/customers",
        data=form,
        headers={"Authorization": "Bearer sk_test_x", "Idempotency-Key": key},
    )


def test_a_repeated_key_gets_the_first_answer_again(frozen_shop: Shop) -> None:
    first, again = (post(frozen_shop, "k1", name="Ada") for _ in range(2))
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(frozen_shop.stripe.v1.customers.list().data) == 1


def test_a_key_with_other_parameters_is_an_idempotency_error(frozen_shop: Shop) -> None:
    create = frozen_shop.stripe.v1.customers.create
    create({"name": "Ada"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        create({"name": "Grace"}, {"idempotency_key": "k1"})


def test_a_key_whose_request_was_refused_can_be_used_again(frozen_shop: Shop) -> None:
    assert post(frozen_shop, "k1", colour="red").status_code == 400
    assert post(frozen_shop, "k1", name="Ada").status_code == 200


def test_a_declined_payment_is_replayed_and_not_tried_again(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer("pm_card_chargeCustomerFail")
    invoice = frozen_shop.open_invoice(customer)
    messages = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            frozen_shop.stripe.v1.invoices.pay(invoice.id, {}, {"idempotency_key": "k2"})
        messages.append(declined.value.user_message)
    assert messages == ["Your card was declined."] * 2
    assert frozen_shop.event_types().count("charge.failed") == 1


def test_ten_threads_with_one_key_make_one_customer(frozen_shop: Shop) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: post(frozen_shop, "k3", name="Ada"), range(10)))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert len(frozen_shop.stripe.v1.customers.list().data) == 1


def test_threads_without_keys_lose_no_request(frozen_shop: Shop) -> None:
    def create(number: int) -> str:
        answer = httpx.post(
            f"{frozen_shop.running.url}/v1/customers",
            data={"name": f"Customer {number}"},
            auth=("sk_test_x", ""),
        )
        return str(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(create, range(60)))
    listed = frozen_shop.stripe.v1.customers.list({"limit": 100}).data
    assert {customer.id for customer in listed} == made
    assert len(made) == 60


def test_a_declined_card_is_answered_the_same_again_without_another_attempt(
    frozen_shop: Shop,
) -> None:
    customer = frozen_shop.customer("pm_card_chargeCustomerFail")
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            frozen_shop.stripe.v1.subscriptions.create(
                {
                    "customer": customer,
                    "items": [{"price": frozen_shop.prices["basic"]}],
                    "payment_behavior": "error_if_incomplete",
                },
                {"idempotency_key": "declined"},
            )
    assert refusal.value.headers is not None
    assert refusal.value.headers["Idempotent-Replayed"] == "true"


def test_a_key_of_more_than_255_characters_is_refused(frozen_shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        frozen_shop.stripe.v1.customers.create({}, {"idempotency_key": "k" * 256})
