"""What people do: staff in the dashboard, customers in Stripe's pages, programs at its API."""

from __future__ import annotations

import re
import time
from types import TracebackType
from typing import Any, Final, Self

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

KEY = "rk_test_browser_tests"
PATIENCE = 20_000  # milliseconds; two cores may be busy with the rest of the suite


GO: Final = """
([to, patience]) => new Promise((done, failed) => {
    const state = 'data-test-script-state';
    const ran = (each) => [each.oldValue, each.target.getAttribute?.(state)].includes('running');
    const heading = () => document.querySelector('h1')?.textContent;
    const before = heading();
    const watch = new MutationObserver((seen) => {
        if (!seen.some(ran) && heading() === before) return;
        watch.disconnect();
        done();
    });
    const wanted = { subtree: true, childList: true, characterData: true };
    Object.assign(wanted, { attributeFilter: [state], attributeOldValue: true });
    watch.observe(document.body, wanted);
    setTimeout(() => failed(new Error(`nothing came of going to ${to}`)), patience);
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
})
"""
"""What the browser does when somebody goes back or forward; done once the page's script runs. React
never shows the run of a page that is drawn in a few milliseconds: then another heading tells it."""


class Stripe:
    """The local Stripe's API and its switches."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, auth=(KEY, ""), timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def post(self, path: str, **form: Any) -> dict[str, Any]:
        return self._answer(self.http.post(path, data=form))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._answer(self.http.get(path, params=query))

    def subscriber(
        self, name: str, *, price: str = "pro_monthly", card: str = "pm_card_visa", **more: Any
    ) -> tuple[str, str]:
        """A new customer with a card and a subscription: their two ids."""
        email = f"{re.sub(r'[^a-z]+', '.', name.lower()).strip('.')[:60]}@example.org"
        customer = self.post("/v1/customers", name=name, email=email)["id"]
        self.card(customer, card)
        found = self.get("/v1/prices", **{"lookup_keys[0]": price})["data"][0]["id"]
        subscription = self.post(
            "/v1/subscriptions", customer=customer, **{"items[0][price]": found}, **more
        )
        return customer, subscription["id"]

    def card(self, customer: str, card: str) -> None:
        """A card becomes the customer's default."""
        method = self.post(f"/v1/payment_methods/{card}/attach", customer=customer)["id"]
        form = {"invoice_settings[default_payment_method]": method}
        self.post(f"/v1/customers/{customer}", **form)

    def advance(self, days: float) -> None:
        """Move the clock; what falls due on the way happens."""
        self._answer(
            self.http.post("/_sandbox/clock", json={"advance": int(days * 86_400)}, timeout=120)
        )
        self.delivers()

    def delivers(self) -> None:
        """Wait until every webhook on the way has been answered."""
        end = time.monotonic() + 60
        while self.get("/_sandbox/deliveries")["queued"]:
            assert time.monotonic() < end, "webhooks are still on the way after a minute"
            time.sleep(0.1)

    @staticmethod
    def _answer(response: httpx.Response) -> dict[str, Any]:
        assert response.status_code < 400, response.text
        answer: dict[str, Any] = response.json()
        return answer


class Customer:
    """Somebody in Stripe's hosted pages."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def opens(self, url: str) -> None:
        self.page.goto(url)

    def clicks(self, name: str) -> None:
        role = "button" if self.page.get_by_role("button", name=name).count() else "link"
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()


class Dashboard:
    """A staff member's browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def opens(self, address: str) -> None:
        """In a new window: everything is loaded and compiled, which takes seconds."""
        self.page.goto(self.url + address)
        self.settles()

    def goes(self, address: str) -> None:
        """As through the browser's history: what is shown is drawn anew, as ``address`` says."""
        self.settles()
        self.page.evaluate(GO, [address, 3 * PATIENCE])
        self.settles()

    def turns_to(self, title: str) -> None:
        """Another page through the menu, which loads nothing anew but what it shows."""
        self.page.locator(".menu").get_by_role("link", name=title, exact=True).click()
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(title, timeout=PATIENCE)
        self.settles()

    def signs_in(self, role: str) -> None:
        """Through the demo's sign-in page, wherever it appeared."""
        self.page.get_by_role("button", name=f"Continue as {role}").click()
        expect(self.page.locator(".st-key-person")).to_be_visible(timeout=PATIENCE)
        self.settles()

    def settles(self) -> None:
        """The script has ended and nothing on the page is from an earlier run."""
        app = self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        expect(app).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("[data-testid=stMain] [data-stale=true]")).to_have_count(
            0, timeout=PATIENCE
        )

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.settles()

    def sees(self, text: str | re.Pattern[str]) -> None:
        place = self.page.locator("[data-testid=stMain]")
        expect(place.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def finds(self, text: str) -> None:
        """Types into the search box of the customer page; the only hit is shown at once."""
        place = self.page.get_by_test_id("stMain")
        box = place.get_by_role("searchbox", name="Find a customer")
        box = box.or_(place.get_by_label("Find a customer")).first
        expect(box).to_be_visible(timeout=PATIENCE)
        box.fill(text)
        box.press("Enter")
        self.sees(re.compile("Choose a row to open one|Hand over a link"))
        self.settles()
        if self.page.locator(".st-key-link_panel").count():
            return
        self.chooses_row(0)
        expect(self.page).to_have_url(re.compile(r"customer=cus_"), timeout=PATIENCE)
        self.settles()

    def _shows(self, place: Locator) -> None:
        """Scrolls to it; what is being drawn anew is looked for again."""
        for _ in range(3):
            try:
                return place.scroll_into_view_if_needed()
            except PlaywrightError:
                self.settles()
        place.scroll_into_view_if_needed()

    def chooses_row(self, index: int) -> None:
        """Of the first table."""
        self.rows().nth(index).locator("td").first.click()

    def rows(self) -> Locator:
        """The rows of the first table."""
        return self.page.locator(".listed").first.locator("tbody tr")

    def chooses_row_by_keyboard(self, index: int, address: re.Pattern[str]) -> None:
        """From the row that Tab comes to; ``address`` says that it was chosen."""
        self.settles()
        self.page.locator(".listed").first.locator('tbody [tabindex="0"]').first.focus()
        for key in ("Home", *["ArrowDown"] * index, "Enter"):
            self.page.keyboard.press(key)
        expect(self.page).to_have_url(address, timeout=PATIENCE)

    def makes_link(
        self, flow: str, reason: str = "Customer asked by e-mail", *, clicks: int = 1
    ) -> str:
        """Through the link panel; answers the address that is shown once."""
        panel = self.chooses_flow(flow, reason)
        panel.get_by_role("button", name=f"Make the link: {flow}").click(click_count=clicks)
        self.settles()
        code = self.page.locator(".st-key-link_once code")
        expect(code).to_be_visible(timeout=PATIENCE)
        return code.inner_text().replace("\n", "").strip()

    def chooses_flow(self, flow: str, reason: str) -> Locator:
        """Opens a flow's form and says why; answers the panel."""
        panel = self.page.locator(".st-key-link_panel")
        panel.get_by_role("button", name=flow, exact=False).first.click()
        self.settles()
        box = panel.get_by_role("combobox", name="Reason")
        # Scrolling closes an open list, so the form comes into view before it is used.
        self._shows(panel.get_by_role("button", name="Make the link"))
        self._shows(box)
        box.click()
        self.page.get_by_role("option", name=reason).click()
        return panel

    def grid(self) -> list[dict[str, str]]:
        """The first table's cells."""
        expect(self.rows().first).to_be_visible(timeout=PATIENCE)
        heads = self.page.locator(".listed").first.locator(".head").all_text_contents()
        return [
            dict(zip(heads, row.locator("td").all_text_contents(), strict=True))
            for row in self.rows().all()
        ]
