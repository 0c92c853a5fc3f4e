"""A customer of Kinde's on the real pages: who bills them, and what is not known of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.ui import ending
from lib.billing.desk import Portside
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.kinde.events import DAY, START, event
from tests.pages import conftest
from tests.pages.conftest import everything
from tests.store.company import CATALOG, ingest_into

TOLD = (
    event(0, "plan_assigned", "k", plan="pro", org_code="org_k", customer={"email": "k@x.example"}),
    event(DAY, "agreement_cancelled", "k", expires_on=START + 9 * DAY, user_id="kp_1"),
)


def clock() -> int:
    return START + 2 * DAY


@pytest.fixture
def over_kinde(sqlite_store: Store, demo: None) -> Iterator[None]:
    ingest = ingest_into(sqlite_store)
    ingest.commit([ingest.read_kinde(each) for each in TOLD], "kinde")
    setup, maker = Setup(catalog=CATALOG), LinkMaker(None, return_url=None)
    links = LinkDesk(store=sqlite_store, clock=clock, setup=setup, maker=maker)
    session.use(Portside(store=sqlite_store, clock=clock, setup=setup, links=links))
    yield
    session.use(None)
    st.cache_data.clear()


def opened(slug: str) -> AppTest:
    app = conftest.opened(slug, customer="kinde:k")
    assert not app.exception
    return app


def test_the_customers_page_says_who_bills_them_and_offers_no_stripe(over_kinde: None) -> None:
    shown = everything(opened("customer"))
    assert "Billed by Kinde" in shown
    assert "dashboard.stripe.com" not in shown
    assert "Kinde does not tell what this plan costs" in shown
    assert "STRIPE_API_KEY" not in shown


def test_an_end_that_has_passed_is_not_awaited_from_stripe(over_kinde: None) -> None:
    billing = session.billing()
    later = Portside(store=billing._store, clock=lambda: START + 30 * DAY, setup=billing._setup)
    [item] = later.winding_down().rows
    assert (item.subscription_id, ending.status(item)) == ("kinde:k::1", ["Ended"])


def test_the_panel_says_what_is_to_be_configured(over_kinde: None) -> None:
    shown = everything(opened("customer"))
    assert "Links into Kinde need the id and the secret of an application there" in shown
    assert "Managed in Kinde" in shown


@pytest.mark.parametrize("slug", ["overview", "winding-down", "plan-mix", "mrr", "sync", "close"])
def test_every_page_stands_without_any_amount(slug: str, over_kinde: None) -> None:
    opened(slug)


def test_a_list_tells_what_has_no_price_apart(over_kinde: None) -> None:
    assert "1 without a known price" in everything(opened("winding-down"))
