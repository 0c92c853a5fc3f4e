"""The start page: acting as a customer, moving the clock, running a scenario, disturbing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.sandbox.portal import configurations
from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.shop import NOW, Shop, Visitor, open_shop


@pytest.fixture
def running() -> Iterator[RunningSandbox]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield running


def start(running: RunningSandbox) -> Visitor:
    return Visitor(running.url).open("/")


def make_default(shop: Shop) -> None:
    sandbox = shop.running.sandbox
    with sandbox.transaction():
        features = {"invoice_history": {"enabled": True}}
        configurations.create(sandbox, {"features": features}, is_default=True)


def test_an_empty_sandbox_has_a_start_page(running: RunningSandbox) -> None:
    page = start(running)
    assert page.status == 200
    assert "No customer found." in page.text
    assert "4242 4242 4242 4242" in page.text


def test_a_customer_is_found_and_their_portal_opened(running: RunningSandbox) -> None:
    shop = open_shop(running)
    make_default(shop)
    shop.customer(name="Ada <b>Example</b>")
    shop.customer(name="Grace Example", email="grace@example.com")
    page = start(running).press("Search", query="ada")
    assert "Grace" not in page.text
    assert "<b>" not in page.html

    page.press("Open portal of Ada <b>Example</b>")

    assert "/p/session/" in page.url
    assert "Ada <b>Example</b>" in page.text
    assert f"{running.url}/" in page.html


def test_without_a_default_configuration_the_page_says_what_is_missing(
    running: RunningSandbox,
) -> None:
    open_shop(running).customer(name="Ada")
    page = start(running).press("Open portal of Ada")
    assert page.status == 400
    assert "default configuration has not been created" in page.text


@pytest.mark.parametrize(
    ("button", "seconds"),
    [("+1 hour", 3600), ("+1 day", 86_400), ("+1 week", 604_800), ("+1 month", 30 * 86_400)],
)
def test_the_clock_moves_by_a_button(running: RunningSandbox, button: str, seconds: int) -> None:
    page = start(running).press(button)
    assert "The clock was moved." in page.text
    assert running.sandbox.clock.running() == NOW + seconds


def test_the_clock_moves_to_a_date_and_never_back(running: RunningSandbox) -> None:
    page = start(running).press("Move the clock", to="2026-10-01T00:00")
    assert running.sandbox.clock.running() == 1_790_812_800
    page.press("Move the clock", to="2026-09-01T00:00")
    assert "The clock only moves forward." in page.text
    page.press("Move the clock", to="")
    assert "Give the time as" in page.text


def test_a_scenario_is_run_and_its_customers_are_at_hand(running: RunningSandbox) -> None:
    shop = open_shop(running)
    make_default(shop)
    name = running.control("GET", "/_sandbox/scenarios")[0]["name"]

    page = start(running).press("Run", name=name)

    assert "Customers of this scenario" in page.text
    page.press("Run", name="none")
    assert "There is no scenario" in page.text


def test_deliveries_are_disturbed_by_percent(running: RunningSandbox) -> None:
    page = start(running).press("Apply", duplicate="20", drop="0", delay="1.5", reorder="1")
    disturbed = running.sandbox.deliverer.disturbances
    assert (disturbed.duplicate, disturbed.delay, disturbed.reorder) == (0.2, 1.5, True)
    page.press("Apply", duplicate="200")
    assert "Give duplicate as a number from 0 to 1" in page.text
    page.press("Apply", duplicate="20")
    assert running.sandbox.deliverer.disturbances.duplicate == 0.2


def test_recent_events_and_endpoints_are_shown(running: RunningSandbox) -> None:
    shop = open_shop(running)
    shop.stripe.v1.webhook_endpoints.create(
        {"url": "https://app.example/hook", "enabled_events": ["*"]}
    )
    shop.customer(card=None)
    page = start(running)
    assert "customer.created" in page.text
    assert "https://app.example/hook" in page.text
