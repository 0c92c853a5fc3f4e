"""The hosted pages in a real Chromium: labels, buttons, our own forms, and leaving for the app."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import DECLINED, GOOD_CARD, NOW, Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hosted")]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def app_url() -> Iterator[str]:
    """The merchant's own site, on another origin than the portal."""

    class Quiet(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>App</title>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_customer_cancels_with_a_reason_and_returns_to_the_app(
    shop: Shop, page: Page, app_url: str
) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    session = shop.session(
        customer,
        {
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": sub.id},
            "after_completion": {"type": "redirect", "redirect": {"return_url": f"{app_url}/done"}},
        },
    )

    page.goto(session.url)
    page.get_by_label("It's too expensive").check()
    page.get_by_label("Any additional feedback?").fill("Too much")
    page.get_by_role("button", name="Cancel subscription").click()
    page.wait_for_url(f"{app_url}/done")

    now = shop.stripe.v1.subscriptions.retrieve(sub.id)
    assert now.cancel_at is not None
    assert now.cancellation_details is not None
    assert now.cancellation_details.feedback == "too_expensive"


def test_a_customer_corrects_a_declined_card(shop: Shop, page: Page) -> None:
    customer = shop.customer()
    page.goto(shop.session(customer, {"type": "payment_method_update"}).url)

    for number in (DECLINED, GOOD_CARD):
        page.get_by_label("Card number").fill(number)
        page.get_by_label("Expiration date").fill("12 / 34")
        page.get_by_label("CVC").fill("123")
        page.get_by_role("button", name="Update payment method").click()
        if number == DECLINED:
            assert page.get_by_role("alert").inner_text() == "Your card has insufficient funds."

    assert "was added" in page.get_by_role("status").inner_text()


def test_a_checkout_is_completed(shop: Shop, page: Page, app_url: str) -> None:
    session = shop.stripe.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": shop.prices["pro"], "quantity": 1}],
            "success_url": f"{app_url}/welcome?session={{CHECKOUT_SESSION_ID}}",
        }
    )
    assert session.url is not None
    page.goto(session.url)
    page.get_by_label("E-mail").fill("new@example.com")
    page.get_by_label("Name on card").fill("New Example")
    page.get_by_label("Card number").fill(GOOD_CARD)
    page.get_by_label("Expiration date").fill("12/34")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Subscribe").click()
    page.wait_for_url(f"{app_url}/welcome?session={session.id}")

    assert shop.stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_the_start_page_moves_the_clock(shop: Shop, page: Page) -> None:
    before = shop.running.sandbox.clock.running()
    page.goto(shop.running.url)
    page.get_by_role("button", name="+1 hour").click()
    page.get_by_text("The clock was moved.").wait_for()
    assert shop.running.sandbox.clock.running() == before + 3600


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_reports_an_error_or_loads_from_elsewhere(
    shop: Shop, browser: Browser, scheme: str
) -> None:
    customer = shop.customer()
    invoice = shop.open_invoice(customer)
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(shop.running.url) else wrong.append(request.url)
        ),
    )
    for url in (shop.running.url, shop.session(customer).url, str(invoice.hosted_invoice_url)):
        page.goto(url)
    context.close()
    assert wrong == []
