"""GET /return over real HTTP: what customers see who come back, and that nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import text

from lib.billing.domain.errors import StripeRefused
from lib.billing.domain.portal import SessionMade
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk
from lib.billing.returns import ReturnLinks
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)
from tests.http.serving import receiver
from tests.links.shopfront import CATALOG, Front, open_front, request

KEY = "k" * 32
BACK = "https://app.example/return"


@dataclass
class Back:
    """A shop whose links lead back to a served return page."""

    front: Front
    client: httpx.Client

    def token(self, customer: str, flow: str) -> str:
        """What the address carries that Stripe was told to send this customer back to."""
        maker = LinkMaker(self.front.gateway, return_url=BACK, returns=ReturnLinks([KEY]))
        front = self.front
        desk = LinkDesk(store=front.store, clock=front.now, setup=front.setup, maker=maker)
        desk.mint(request(customer, flow))
        sessions = front.shop.events
        made = next(e for e in sessions if e.type == "billing_portal.session.created")
        return urlsplit(made.data.object.return_url).query

    def sees(self, query: str, **headers: str) -> str:
        answer = self.client.get(f"/return?{query}", headers=headers)
        assert answer.status_code == 200
        return answer.text


@contextmanager
def coming_back(writes: Store, reads: Store) -> Iterator[Back]:
    with open_front(writes) as front:
        setup = Setup(catalog=CATALOG)
        with receiver(reads, setup=setup, clock=front.now, return_keys=(KEY,)) as sender:
            yield Back(front, sender.client)


@pytest.fixture
def back(sqlite_store: Store) -> Iterator[Back]:
    with coming_back(sqlite_store, sqlite_store) as made:
        yield made


@pytest.mark.postgres
def test_it_waits_for_the_webhook_and_never_writes_even_if_it_could_not(
    roles: Roles,  # noqa: F811
) -> None:
    """Read with a role that PostgreSQL lets do nothing but read."""
    name = roles.names[1].replace('"', '""')
    with roles.owner.writing() as connection:
        connection.execute(text(f'ALTER ROLE "{name}" SET default_transaction_read_only = on'))
    with coming_back(roles.receiver, roles.dashboard) as back:
        front = back.front
        customer, subscription = front.subscriber("basic")
        query = back.token(customer, "subscription_cancel")
        first = back.sees(query)
        assert "Nothing has changed yet" in first
        assert "confirm your plan" in first
        assert "Your Starter plan is active and renews on" in first

        # The customer cancels; its webhook is on its way for a while.
        front.shop.stripe.v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
        assert "Nothing has changed yet" in back.sees(f"{query}&n=5")
        front.deliver()
        last = back.sees(f"{query}&n=6")
        assert "Your change has arrived" in last
        assert "Your Starter plan stays active until" in last
        assert "<script" not in last


def test_who_has_done_nothing_is_told_so_in_the_end(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    query = back.token(customer, "home")
    assert 'data-next="?t=' in back.sees(f"{query}&n=59")
    page = back.sees(f"{query}&n=60")
    assert "Nothing has changed</h1>" in page
    assert "Look again" in page
    assert 'data-next=""' in page


def test_another_change_than_the_one_awaited_does_not_end_the_wait(back: Back) -> None:
    front = back.front
    customer, _ = front.subscriber("basic")
    query = back.token(customer, "subscription_cancel")
    front.shop.stripe.v1.customers.update(customer, {"email": "new@example.com"})
    front.deliver()
    page = back.sees(query)
    assert "Your details have been updated" in page
    assert "confirm your plan" in page


def test_it_speaks_german(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    query = back.token(customer, "payment_method_update")
    page = back.sees(query, **{"Accept-Language": "de-DE,de;q=0.9"})
    assert '<html lang="de">' in page
    assert "Ihre Zahlungsart bestätigt" in page


@pytest.mark.parametrize("query", ["", "t=", "t=v1.forged.token", "t=v1.%00.x&n=-1", "n=999999"])
def test_without_a_token_of_ours_it_says_nothing_about_anybody(back: Back, query: str) -> None:
    back.front.subscriber("basic")
    page = back.sees(query)
    assert "You are back" in page
    assert "Starter" not in page
    assert "<script" not in page


def test_an_old_token_says_nothing_any_more(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    query = back.token(customer, "home")
    back.front.pass_time(7_200 + 300)
    assert "You are back" in back.sees(query)


def test_a_customer_who_is_not_known_is_a_neutral_page(back: Back, tmp_path) -> None:
    customer, _ = back.front.subscriber("basic")
    query = back.token(customer, "home")
    with back.front.store.writing() as connection:
        connection.execute(text("DELETE FROM customers"))
    assert "You are back" in back.sees(query)


def test_while_the_database_is_away_it_says_so_and_looks_again(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    query = back.token(customer, "home")
    with back.front.store.writing() as connection:
        connection.execute(text("ALTER TABLE plan_entitlements RENAME TO gone"))
    answer = back.client.get(f"/return?{query}")
    assert answer.status_code == 503
    assert "We cannot look right now" in answer.text
    assert "n=1" in answer.text


def test_it_loads_nothing_and_is_kept_nowhere(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    answer = back.client.get(f"/return?{back.token(customer, 'home')}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "http://" not in answer.text.replace("http-equiv", "")
    assert "https://" not in answer.text
    assert customer not in answer.text


def test_only_reading_is_answered(back: Back) -> None:
    assert back.client.post("/return").status_code == 405


def test_a_double_click_gets_one_session(back: Back) -> None:
    customer, _ = back.front.subscriber("basic")
    front = back.front
    maker = LinkMaker(front.gateway, return_url=BACK, returns=ReturnLinks([KEY]))
    desk = LinkDesk(store=front.store, clock=front.now, setup=front.setup, maker=maker)
    asked = request(customer, "home")
    assert desk.mint(asked).url == desk.mint(asked).url


class _Moving:
    """The gateway, and what happens to the customer between two halves of a click."""

    def __init__(self, front: Front, meanwhile: Callable[[], None]) -> None:
        self._gateway = front.gateway
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def create_portal_session(self, *args: Any, **options: Any) -> SessionMade:
        made = self._gateway.create_portal_session(*args, **options)
        if self._meanwhile:
            self._meanwhile.pop()()
        return made


def test_the_other_half_of_a_double_click_is_dated_like_the_first(back: Back) -> None:
    front, other = back.front, []
    customer, _ = front.subscriber("basic")
    asked = request(customer, "home")

    def later() -> None:
        front.pass_time(300)  # the token's time is rounded to that
        other.append(desk.mint(asked))

    maker = LinkMaker(_Moving(front, later), return_url=BACK, returns=ReturnLinks([KEY]))
    desk = LinkDesk(store=front.store, clock=front.now, setup=front.setup, maker=maker)
    first = desk.mint(asked)
    assert (first, first.url) == (other[0], other[0].url)
    assert len(front.shop.running.sandbox.find("billing_portal.session", customer=customer)) == 1


def test_a_customer_who_changed_between_two_clicks_gets_no_second_session(back: Back) -> None:
    front = back.front
    customer, _ = front.subscriber("basic")
    maker = LinkMaker(front.gateway, return_url=BACK, returns=ReturnLinks([KEY]))
    desk = LinkDesk(store=front.store, clock=front.now, setup=front.setup, maker=maker)
    asked = request(customer, "home")
    desk.mint(asked)
    front.shop.stripe.v1.customers.update(customer, {"name": "Ada Renamed"})
    front.deliver()
    with pytest.raises(StripeRefused) as caught:
        desk.mint(asked)
    assert caught.value.code == "click_reused"
    assert len(front.shop.running.sandbox.find("billing_portal.session", customer=customer)) == 1
