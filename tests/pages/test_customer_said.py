"""The customer page in another language: every tab, every role, and what comes from below."""

from __future__ import annotations

import pytest

from lib.billing import Role
from tests.pages.conftest import Open, everything
from tests.pages.fake_billing import FakeBilling
from tests.pages.said import spoken, untranslated
from tests.pages.test_pseudo import CUSTOMERS, DATA

TABS = ("Subscriptions", "Invoices", "May use", "Timeline", "Raw")
TYPED = frozenset("API access Unlimited projects sam pixel http evil test name png".split())
"""What the fake company calls features, and what somebody noted."""
THEIRS = ("html", "code", "json")
"""Kinds of element that hold a script, the reply to the customer, and what Stripe sent."""


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_translated(open_page: Open, desk: FakeBilling, tab: str) -> None:
    desk.remembered["admin@demo.invalid", "language"] = "xx"
    app = open_page("customer", "admin", customer="cus_0001", tab=f"⟦{tab}⟧")
    assert not app.exception
    bare = {
        text: words
        for kind, text in spoken(app)
        if kind not in THEIRS and text not in CUSTOMERS
        if (words := [word for word in untranslated(text) if word not in DATA | TYPED])
    }
    assert bare == {}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_german_reads_german(open_page: Open, desk: FakeBilling, role: str) -> None:
    desk.remembered[f"{role}@demo.invalid", "language"] = "de"
    text = everything(open_page("customer", role, customer="cus_0001"))
    assert "Was das ändern würde" in text
    assert "What would change it" not in text
    assert "Link weitergeben" in text
    assert ("Interne Notizen" in text) is (role in ("support", "admin"))
