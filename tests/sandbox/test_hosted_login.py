"""The portal's login page: e-mail, one-time code, and the right one of several customers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import ALL_FEATURES, NOW, RETURN_URL, Shop, Visitor, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def login_page(shop: Shop) -> str:
    made = shop.stripe.v1.billing_portal.configurations.create(
        {
            "features": ALL_FEATURES,  # type: ignore[typeddict-item]
            "default_return_url": RETURN_URL,
            "login_page": {"enabled": True},
        }
    )
    return str(made.login_page.url)


def ask(shop: Shop, email: str) -> Visitor:
    return Visitor(shop.running.url).open(login_page(shop)).press("Send code", email=email)


def code_of(page: Visitor) -> str:
    return page.text.split("your code is ")[1][:6]


def test_the_code_opens_the_portal_of_the_customer(shop: Shop) -> None:
    shop.customer(email="ada@example.com")
    page = ask(shop, "Ada@Example.com")

    page.press("Log in", code=code_of(page))

    assert "/p/session/" in page.url
    assert "ada@example.com" in page.text


def test_of_several_customers_the_newest_with_a_live_subscription_is_chosen(shop: Shop) -> None:
    for name, live in (("First", True), ("Second", True), ("Third", False)):
        shop.running.advance(10)
        customer = shop.customer(name=name)
        if live:
            shop.subscription(customer)
    page = ask(shop, "ada@example.com")

    page.press("Log in", code=code_of(page))

    assert "Second" in page.text


def test_an_unknown_address_looks_the_same_but_gets_no_code(shop: Shop) -> None:
    page = ask(shop, "nobody@example.com")
    assert "If nobody@example.com belongs to an account" in page.text
    page.press("Log in", code="000000")
    assert "This code is not right" in page.text


def test_a_wrong_code_can_be_tried_five_times(shop: Shop) -> None:
    shop.customer()
    page = ask(shop, "ada@example.com")
    code = code_of(page)
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(4):
        assert "not right" in page.press("Log in", code=wrong).text
    page.press("Log in", code=wrong)
    page.press("Log in", code=code)

    assert "This code has expired" in page.text


def test_a_code_works_once_and_for_ten_minutes(shop: Shop) -> None:
    shop.customer()
    used, late = ask(shop, "ada@example.com"), ask(shop, "ada@example.com")
    form_again = used.html
    used.press("Log in", code=(code := code_of(used)))
    used.html = form_again
    shop.running.advance(601)

    assert "This code has expired" in used.press("Log in", code=code).text
    assert "This code has expired" in late.press("Log in", code=code_of(late)).text


def test_someone_who_logged_in_by_e_mail_cannot_change_that_e_mail(shop: Shop) -> None:
    customer = shop.customer()
    page = ask(shop, "ada@example.com")
    page.press("Log in", code=code_of(page))
    page.open(page.url + "/customer")
    assert 'name="email"' not in page.html

    page.press("Save", name="Grace", email="grace@example.com")

    stored = shop.stripe.v1.customers.retrieve(customer)
    assert (stored.name, stored.email) == ("Grace", "ada@example.com")


def test_a_prefilled_address_is_shown_as_text(shop: Shop) -> None:
    page = Visitor(shop.running.url).open(login_page(shop) + '?prefilled_email="><b>')
    assert "<b>" not in page.html


def test_a_switched_off_login_page_is_not_found(shop: Shop) -> None:
    portal = shop.stripe.v1.billing_portal.configurations
    url = login_page(shop)
    made = portal.list({"limit": 1}).data[0]
    portal.update(made.id, {"login_page": {"enabled": False}})
    assert Visitor(shop.running.url).open(url).status == 404
