"""Signing in at the company's identity provider: there, back to the same page, and out again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from lib.billing.demo import Stack
from tests.browser.acting import PATIENCE, Stripe
from tests.browser.provider import Company, Person, company

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


@pytest.fixture(scope="module")
def acme(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The same projection as the demo's, behind a real sign-in."""
    with company(tmp_path_factory.mktemp("acme"), stack.environment) as running:
        running.knows("ann", email="ann@example.com", name="Ann Agent", groups=["helpdesk"])
        running.knows("bo", email="bo@example.com", name="Bo", groups=["board"])
        running.knows("una", email="una@example.com", name="Una Unknown", groups=["garden"])
        running.knows("eve", email="root@example.com", email_verified=False)
        yield running


@pytest.fixture
def person(acme: Company, context: BrowserContext) -> Person:
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 1400})
    acme.moves_clock(0)
    return Person(page, acme)


def kept(stack: Stack, email: str) -> list[tuple[str, str | None]]:
    """What the audit holds of somebody coming and going."""
    with sqlite3.connect(stack.directory / "portside.db") as connection:
        query = "SELECT action, code FROM audit WHERE staff = ? AND action LIKE 'sign%' ORDER BY 1"
        return connection.execute(query, (email,)).fetchall()


def test_a_deep_link_survives_sign_in_and_signing_out_ends_every_tab(
    person: Person, acme: Company, context: BrowserContext, stack: Stack, stripe: Stripe
) -> None:
    _, subscription = stripe.subscriber("Leaving Soon Ltd")
    stripe.post(f"/v1/subscriptions/{subscription}", cancel_at_period_end="true")
    stripe.delivers()
    person.opens("/winding-down?q=a&sort=Largest+MRR")
    person.page.get_by_role("button", name="Sign in with Acme").click()
    person.page.get_by_role("button", name="Deny").click()
    person.sees("The identity provider did not sign you in.")
    person.opens("/winding-down?q=a&sort=Largest+MRR")
    person.signs_in_as("ann")
    search = person.page.get_by_placeholder("Name, e-mail or id")
    expect(search).to_have_value("a", timeout=PATIENCE)
    assert person.page.url == f"{acme.url}/winding-down?q=a&sort=Largest+MRR"

    other = Person(context.new_page(), acme)
    other.opens("/overview")
    other.sees("Not for your role")
    other.opens("/customer")

    person.signs_out()
    assert person.page.url == f"{acme.url}/"
    other.page.get_by_label("Find a customer").fill("cus_")
    other.page.get_by_label("Find a customer").press("Enter")
    other.sees("You have signed out.")
    assert kept(stack, "ann@example.com") == [("sign_in", None), ("sign_out", None)]


def test_an_expired_sign_in_refuses_the_next_action_and_comes_back_to_the_same_page(
    person: Person, acme: Company, stripe: Stripe
) -> None:
    customer, _ = stripe.subscriber("Slow Typist Ltd")
    stripe.delivers()
    person.opens(f"/customer?customer={customer}")
    person.signs_in_as("ann")
    person.sees("Hand over a link")

    acme.moves_clock(12.1)
    panel = person.page.locator(".st-key-link_panel")
    panel.get_by_role("button", name="Open customer portal").click()
    expect(panel.get_by_text("Your sign-in has ended: it lasts 12 hours.")).to_be_visible(
        timeout=PATIENCE
    )
    expect(panel.get_by_role("button", name="Make the link")).to_have_count(0)

    search = person.page.get_by_label("Find a customer")
    search.fill("Slow Typist")
    search.press("Enter")
    expect(person.page.get_by_role("heading", name="Portside")).to_be_visible(timeout=PATIENCE)
    expect(panel).to_have_count(0)
    acme.moves_clock(0)
    person.signs_in_as("ann")
    expect(search).to_have_value("Slow Typist", timeout=PATIENCE)
    person.sees("Slow Typist Ltd")


def test_an_expired_sign_in_comes_back_to_the_page_that_the_menu_was_asked_for(
    person: Person, acme: Company
) -> None:
    person.opens("/customer")
    person.signs_in_as("ann")
    person.settles()
    acme.moves_clock(12.1)
    person.page.locator(".menu").get_by_role("link", name="Failed payments").click()
    person.sees("Your sign-in has ended: it lasts 12 hours.")
    acme.moves_clock(0)
    person.signs_in_as("ann")
    person.sees("Whose payment failed")
    expect(person.page).to_have_url(f"{acme.url}/failed-payments")


@pytest.mark.parametrize(
    ("sub", "email", "said", "code"),
    [
        pytest.param(
            "una",
            "una@example.com",
            ["No access yet", "Una Unknown, una@example.com", "Ask the billing team", "garden"],
            "unknown_user",
            id="somebody without a role",
        ),
        pytest.param(
            "eve",
            "root@example.com",
            ["has not verified that root@example.com is yours"],
            "email_unverified",
            id="an address that is not proved",
            marks=pytest.mark.whole,
        ),
    ],
)
def test_who_is_not_let_in_reads_why_and_whom_to_ask(
    person: Person, stack: Stack, sub: str, email: str, said: list[str], code: str
) -> None:
    person.opens("/customer")
    person.signs_in_as(sub)
    for text in said:
        person.sees(text)
    person.page.reload()
    person.settles()
    expect(person.page.get_by_label("Find a customer")).to_have_count(0)
    assert kept(stack, email) == [("sign_in.refused", code)]
