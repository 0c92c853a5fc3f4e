"""From an empty Stripe to a flag that is on: the catalogue is applied, somebody chooses Pro on the
pricing page, pays, and the webhook tells the product. Again with a member whom the product knows,
and from another site's page that frames this one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lib.billing.client import PortsideClient
from tests import cut
from tests.browser.acting import PATIENCE, Stripe
from tests.browser.empty_shop import ROOT, TOKEN, EmptyShop, empty_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]

FLAG = "advanced_analytics"
MEMBER = {"member": "mem_1", "permissions": ["org:write:billing"]}


class Site:
    """The company's own site: a page that frames another one, under two names of one machine."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
        port = self.server.server_address[1]
        self.allowed, self.stranger = f"http://localhost:{port}", f"http://127.0.0.1:{port}"

    def frames(self, url: str) -> None:
        page = f'<title>Shop</title><iframe title="Prices" src="{url}"></iframe>'.encode()

        class Framing(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server.RequestHandlerClass = Framing


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[EmptyShop]:
    directory = tmp_path_factory.mktemp("first-day")
    business = f'[pricing]\nembed = ["{site.allowed}"]\n'
    with empty_shop(directory, ROOT / "catalog.toml", business) as made:
        said = made.runs("catalog", "apply")
        assert "pro_monthly" in said
        made.runs("portal", "apply")
        yield made
    logs = "".join(log.read_text(encoding="utf-8") for log in directory.glob("*.log"))
    assert "Traceback" not in logs


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A browser without scripts: the page needs none, from the table to the thank-you."""
    contexts = []

    def made(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield made
    for context in contexts:
        context.close()


def pays(page: Page, shop: EmptyShop, email: str) -> None:
    page.wait_for_url(re.compile(rf"^{shop.stripe_url}/c/pay/"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Name on card").fill("Ada Example")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiration date").fill("12 / 34")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Subscribe").click()
    page.wait_for_url(re.compile(rf"^{shop.url}/return"))


def turns_on(shop: EmptyShop, name: str) -> None:
    end = time.monotonic() + 30
    while not shop.enabled(name, FLAG):
        assert time.monotonic() < end, f"{FLAG} is still off for {name}"
        time.sleep(0.1)


def test_a_stranger_chooses_pro_and_has_its_features(
    shop: EmptyShop, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{shop.url}/pricing")
    page.get_by_role("link", name="Yearly").click()
    expect(page.get_by_role("listitem").filter(has_text="per year").first).to_be_visible()
    page.get_by_role("link", name="Monthly").click()
    page.get_by_role("button", name="Upgrade Pro").click()
    pays(page, shop, "ada@first.example")
    with Stripe(shop.stripe_url) as stripe:
        (found,) = stripe.get("/v1/customers", email="ada@first.example")["data"]
        (bought,) = stripe.get("/v1/subscriptions", customer=found["id"])["data"]
    assert bought["metadata"] == {"plan_interest": "pro", "pricing_table_key": "core"}
    turns_on(shop, found["id"])


def test_a_member_of_a_known_organization_buys_once_and_changes_in_the_portal(
    shop: EmptyShop, open_page: Callable[..., Page]
) -> None:
    assert not shop.enabled("org_known", FLAG)
    product = PortsideClient(shop.url, TOKEN)
    link = product.pricing_link(org="org_known", lang="de", **MEMBER)
    page = open_page(java_script_enabled=False)
    page.goto(link.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wählen Sie Ihren Tarif")
    page.get_by_role("button", name="Pro wählen").click()
    pays(page, shop, "bo@first.example")
    turns_on(shop, "org_known")

    page.goto(link.url)
    expect(page.get_by_text("Öffnen Sie diese Seite erneut aus Ihrem Konto")).to_be_visible()
    expect(page.get_by_role("button", name="Business wählen")).to_be_disabled()

    page.goto(product.pricing_link(org="org_known", lang="en", **MEMBER).url)
    expect(page.get_by_text("You are on Pro.")).to_be_visible()
    expect(page.get_by_role("button", name="Your current plan Pro")).to_be_disabled()
    page.get_by_role("button", name="Switch to Business").click()
    page.wait_for_url(re.compile(rf"^{shop.stripe_url}/p/session/"))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()
    end = time.monotonic() + 30
    while not shop.enabled("org_known", "sso"):
        assert time.monotonic() < end, "the change has not arrived"
        time.sleep(0.1)
    with Stripe(shop.stripe_url) as stripe:
        (found,) = stripe.get("/v1/customers", email="bo@first.example")["data"]
        assert len(stripe.get("/v1/subscriptions", customer=found["id"])["data"]) == 1
    product.close()


def test_another_sites_page_frames_it_and_checkout_takes_the_whole_window(
    shop: EmptyShop, site: Site, open_page: Callable[..., Page]
) -> None:
    site.frames(f"{shop.url}/pricing")
    page = open_page()
    page.goto(site.allowed)
    page.frame_locator("iframe").get_by_role("button", name="Start Starter").click()
    page.wait_for_url(re.compile(rf"^{shop.stripe_url}/c/pay/"))
    page.get_by_role("link", name=re.compile("^Back to")).click()
    page.wait_for_url(f"{shop.url}/pricing/core")

    with page.expect_event("requestfailed"):
        page.goto(site.stranger)
    expect(page.frame_locator("iframe").get_by_role("button", name="Upgrade")).to_have_count(0)


@pytest.mark.parametrize(
    "drawn",
    cut.first(
        2,
        [
            ("/pricing?lang=ja&interval=year", "dark"),
            ("/pricing/none?lang=fr", "light"),
            ("/pricing?lang=ja&interval=year", "light"),
            ("/pricing/none?lang=fr", "dark"),
        ],
    ),
    ids=" ".join,
)
def test_axe_finds_nothing_amiss(
    shop: EmptyShop, open_page: Callable[..., Page], drawn: tuple[str, str]
) -> None:
    address, scheme = drawn
    # Axe is put into the page, which its policy would refuse as it refuses every script.
    page = open_page(color_scheme=scheme, bypass_csp=True, viewport={"width": 390, "height": 800})
    page.goto(shop.url + address)
    found = Axe().run(page).response
    assert [each["id"] for each in found["violations"]] == []
    assert len(found["passes"]) > 10
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_keyboard_reaches_every_button_in_order(
    shop: EmptyShop, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{shop.url}/pricing")
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
    assert [text.splitlines()[0] for text in reached] == [
        "Monthly", "Yearly Save 16%", "USD", "EUR", "Start", "Upgrade", "Upgrade",
    ]  # fmt: skip
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.usefixtures("browser_name")  # else it comes after all that do, to a shop of its own
def test_no_address_of_a_session_was_kept(shop: EmptyShop) -> None:
    for key in ("starter_monthly", "pro_monthly", "business_monthly"):
        started = httpx.post(
            f"{shop.url}/pricing/core/start",
            data={"lookup_key": key},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert started.status_code == 303
        assert "/c/pay/" in started.headers["location"]
    with Stripe(shop.stripe_url) as stripe:
        ids = [each["id"] for each in stripe.get("/v1/checkout/sessions")["data"]]
    assert len(ids) >= 3
    ours = [p for p in shop.directory.iterdir() if p.name.startswith(("portside.db", "receiver"))]
    content = b"".join(path.read_bytes() for path in ours)
    metrics = httpx.get(f"{shop.url}/metrics").content
    for each in ids:
        assert f"/c/pay/{each}".encode() not in content + metrics
