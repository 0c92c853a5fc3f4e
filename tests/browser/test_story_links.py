"""The third story: an agent in a hurry. Nothing is made twice, lost, half done or leaked."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from dashboard.signin import DEMO_COOKIE
from lib.billing.demo import Stack
from lib.billing.demo.stack import API_KEY
from lib.billing.store.engine import Store
from lib.billing.store.tables import audit
from tests import cut
from tests.browser.acting import PATIENCE, Customer, Dashboard, Stripe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]

HOUR = 1 / 24

TWO_CLICKS = """
([first, second, pause]) => {
    const press = (label) => [...document.querySelectorAll('.st-key-link_panel button')]
        .find((button) => button.innerText.includes(label)).click();
    press(first);
    return new Promise((done) => setTimeout(() => { press(second); done(); }, pause));
}
"""


@pytest.fixture
def agent(dashboard: Dashboard, context: BrowserContext) -> Dashboard:
    """A support agent who is signed in already and may read their own clipboard."""
    context.add_cookies([{"name": DEMO_COOKIE, "value": "support", "url": dashboard.url}])
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=dashboard.url)
    return dashboard


@pytest.fixture
def acts(stack: Stack) -> Callable[[str], Counter[str]]:
    """What the audit says was done about links for a customer."""

    def of(customer_id: str) -> Counter[str]:
        store = Store(stack.environment["PORTSIDE_DATABASE_URL"])
        query = select(audit.c.action).where(audit.c.customer_id == customer_id)
        with store.reading() as connection:
            found = Counter(connection.execute(query).scalars())
        store.close()
        return found

    return of


def sessions(stripe: Stripe, customer_id: str) -> int:
    """How many portal sessions Stripe made for a customer."""
    events = stripe.get("/v1/events", type="billing_portal.session.created", limit="100")["data"]
    return sum(event["data"]["object"]["customer"] == customer_id for event in events)


def searched(stack: Stack) -> dict[str, bytes]:
    """Everything that the product wrote or tells; the local Stripe's own store is not its."""
    files = [path for path in stack.directory.rglob("*") if path.is_file()]
    ours = [path for path in files if stack.directory / "stripe" not in path.parents]
    found = {str(path.relative_to(stack.directory)): path.read_bytes() for path in ours}
    found["/metrics"] = httpx.get(f"{stack.receiver_url}/metrics").content
    return found


def test_from_the_search_to_a_copied_link_that_nobody_used(
    agent: Dashboard,
    customer: Customer,
    stripe: Stripe,
    stack: Stack,
    acts: Callable[[str], Counter[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    customer_id, _ = stripe.subscriber("Quickstep Couriers")
    stripe.delivers()
    agent.opens("/customer")
    started = time.monotonic()
    agent.finds("Quickstep Couriers")
    url = agent.makes_link("Open customer portal", clicks=2)
    agent.page.locator(".st-key-link_once").get_by_role("button", name="Copy").click()
    seconds = round(time.monotonic() - started, 1)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  from the search to the copied link: {seconds} seconds of machine time\n"
        )
    assert agent.page.evaluate("navigator.clipboard.readText()") == url
    assert acts(customer_id) == {"link.requested": 1, "link.minted": 1}
    assert sessions(stripe, customer_id) == 1

    secrets = {url.rsplit("/", 1)[-1], API_KEY, stack.secret}
    for name, content in searched(stack).items():
        leaked = [secret for secret in secrets if secret.encode() in content]
        assert not leaked, f"{name} holds a secret"

    told = agent.page.locator(".st-key-link_progress")
    expect(told).to_contain_text("Waiting for the customer", timeout=PATIENCE)
    stripe.advance(2 * HOUR)
    expect(told).to_contain_text("The link is dead", timeout=PATIENCE)
    customer.opens(url)
    customer.sees("This session has expired")
    agent.page.reload()
    agent.settles()
    agent.sees("Hand over a link")
    assert url.rsplit("/", 1)[-1] not in agent.page.content()
    agent.page.get_by_text("Links made before").click()
    agent.sees(re.compile("No change seen"))


def test_an_action_that_another_click_interrupts_is_whole_or_was_never_begun(
    agent: Dashboard, stripe: Stripe, acts: Callable[[str], Counter[str]]
) -> None:
    customer_id, _ = stripe.subscriber("Restless Hands Ltd")
    stripe.delivers()
    agent.opens(f"/customer?customer={customer_id}")
    panel = agent.page.locator(".st-key-link_panel")
    made = 0
    for pause in (0, 120) if cut.WHOLE else (120,):
        agent.chooses_flow("Open customer portal", "Customer asked by e-mail")
        agent.page.evaluate(TWO_CLICKS, ["Make the link", "Update payment method", pause])
        agent.settles()
        # Whatever became of the first click, the panel goes on with the second.
        button = panel.get_by_role("button", name=re.compile("Make the link: Update payment"))
        if not button.count():
            agent.clicks("Update payment method")
        expect(button).to_be_visible(timeout=PATIENCE)
        done = acts(customer_id)
        assert done["link.requested"] == done["link.minted"] == sessions(stripe, customer_id)
        assert done.total() == 2 * done["link.minted"]
        assert done["link.minted"] - made in (0, 1)
        made = done["link.minted"]
        agent.clicks("Cancel")
    agent.makes_link("Update payment method")
    assert acts(customer_id)["link.minted"] == made + 1
