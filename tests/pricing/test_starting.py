"""POST /pricing/{table}/start against a running sandbox: strangers, and members with a link."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import RateLimited, StripeUnavailable
from lib.billing.domain.portal import SessionMade
from lib.billing.domain.pricing_token import LIVES, PricingToken, seal
from lib.billing.linking.crowd import STARTS, WINDOW, Crowd, household
from lib.billing.links import RateLimit
from lib.billing.settings.pricing import PricingPolicy
from lib.billing.store import audit
from lib.billing.store.engine import Store
from tests.api.product import READS
from tests.fresh import fresh_store
from tests.pricing.booth import KEY, Booth, booth
from tests.sandbox.shop import Visitor


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    store = fresh_store(tmp_path_factory.mktemp("booth") / "portside.db")
    with booth(store, crowd=Crowd(most=10_000)) as made:  # the tests have one address
        yield made
    store.close()


def code(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("portside-code")


def test_a_stranger_gets_a_checkout_that_names_nobody(shop: Booth) -> None:
    answer = shop.start("pro_monthly", lang="de")
    assert answer.status_code == 303, answer.text
    url = answer.headers["location"]
    assert url.startswith(f"{shop.front.shop.running.url}/c/pay/cs_")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    session = next(s for s in shop.sessions() if s["url"] == url)
    assert (session["customer"], session["client_reference_id"]) == (None, None)
    chosen = {"plan_interest": "pro", "pricing_table_key": "main"}
    assert session["metadata"] == chosen
    assert session["_"]["subscription_data"] == {"metadata": chosen}
    assert session["success_url"] == "https://billing.example/return"
    assert session["cancel_url"] == "https://billing.example/pricing/main?lang=de"
    rows = shop.kept()
    assert [row.action for row in rows] == ["link.requested", "link.minted"]
    assert {(row.staff, row.reason, row.plan) for row in rows} == {
        ("pricing:main", "Chosen in the pricing table main", "pro_monthly")
    }
    assert rows[1].session_id == session["id"]


def test_strangers_close_nobody_elses_checkout(shop: Booth) -> None:
    urls = [shop.start("pro_monthly").headers["location"] for _ in range(2)]
    assert {s["status"] for s in shop.sessions() if s["url"] in urls} == {"open"}
    assert len(set(urls)) == 2


def test_a_new_organization_has_what_it_bought_as_soon_as_the_webhooks_arrive(shop: Booth) -> None:
    org = f"org_{secrets.token_hex(4)}"
    token = shop.token(org=org)
    page = shop.page(f"/pricing/main?t={token}")
    assert page.buttons["Free"] == "Your current plan (off)"
    assert page.headers["cache-control"] == "no-store"
    assert f'name="t" value="{token}"' in page.cards["Pro"]
    assert "noindex" in page.html
    url = shop.start("pro_monthly", t=token).headers["location"]
    session = next(s for s in shop.sessions() if s["url"] == url)
    assert session["client_reference_id"] == org
    assert session["_"]["subscription_data"]["metadata"] == {
        "org_id": org,
        "plan_interest": "pro",
        "pricing_table_key": "main",
    }
    visitor = Visitor(shop.front.shop.running.url).open(url)
    card = visitor.card("4242 4242 4242 4242")
    visitor.press(visitor.buttons[-1], email="ada@example.com", name="Ada", **card)
    # Paid is not known here yet: another link makes no second subscription.
    early = shop.start("pro_monthly", t=shop.token(org=org))
    assert code(early) == (409, "checkout_completed")
    assert "You have just subscribed" in early.text
    shop.front.deliver()
    answer = shop.client.get(
        f"/v1/entitlements/{org}/features/api", headers={"Authorization": f"Bearer {READS}"}
    )
    assert answer.json()["enabled"] is True
    after = shop.page(f"/pricing/main?t={shop.token(org=org)}")
    assert after.buttons["Pro"] == "Your current plan (off)"
    assert after.buttons["Starter"] == "Switch to Starter"
    assert "You are on Pro." in after.text


def test_who_is_subscribed_is_led_to_the_portal_and_never_to_a_second_checkout(
    shop: Booth,
) -> None:
    customer, org = shop.subscriber("basic")
    page = shop.page(f"/pricing/main?t={shop.token(org=org)}")
    assert page.buttons == {"Starter": "Your current plan (off)", "Pro": "Switch to Pro"}
    before = len(shop.sessions())
    answer = shop.start("pro_monthly", t=shop.token(org=org))
    assert answer.status_code == 303, answer.text
    assert "/p/session/" in answer.headers["location"]
    (session,) = shop.sessions("billing_portal.session", customer=customer)
    assert session["flow"]["type"] == "subscription_update_confirm"
    assert len(shop.sessions()) == before
    row = shop.kept()[-1]
    assert (row.action, row.flow) == ("link.minted", "subscription_update_confirm")
    assert row.staff == "api:shop acting for mem_1"

    same = shop.start("starter_monthly", t=shop.token(org=org))
    assert code(same) == (409, "already_subscribed")
    assert "Change your plan instead" in same.text
    assert [row.action for row in shop.kept()] == ["link.refused"]


def test_what_the_portal_cannot_change_is_explained(shop: Booth) -> None:
    _, org = shop.subscriber("basic", cancel_at_period_end=True)
    page = shop.page(f"/pricing/main?t={shop.token(org=org)}")
    assert page.buttons["Pro"] == "Choose Pro (off)"
    assert "Renew it first" in page.cards["Pro"]
    assert 'aria-describedby="why-3"' in page.cards["Pro"]
    assert 'id="why-3"' in page.cards["Pro"]
    answer = shop.start("pro_monthly", t=shop.token(org=org))
    assert answer.status_code == 409
    assert shop.kept()[-1].action == "link.refused"


def test_a_double_click_is_one_checkout_and_a_link_starts_no_second_one(shop: Booth) -> None:
    customer, org = shop.subscriber()
    token = shop.token(org=org)
    found: list[httpx.Response] = []
    clicks = [
        threading.Thread(target=lambda: found.append(shop.start("pro_monthly", t=token)))
        for _ in range(3)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert {answer.status_code for answer in found} == {303}
    assert len({answer.headers["location"] for answer in found}) == 1
    assert len(shop.sessions(customer=customer)) == 1
    assert [row.action for row in shop.kept()] == ["link.requested", "link.minted"]

    other = shop.start("starter_monthly", t=token)
    assert code(other) == (410, "link_used")
    spent = shop.page(f"/pricing/main?t={token}")
    assert all(label.endswith("(off)") for label in spent.buttons.values())
    assert "Open this page again from your account" in spent.text
    shop.front.pass_time(301)
    assert code(shop.start("pro_monthly", t=token)) == (410, "link_used")
    assert len(shop.sessions(customer=customer)) == 1


def test_two_plans_at_once_from_one_link_are_one_checkout(shop: Booth) -> None:
    for _ in range(3):
        customer, org = shop.subscriber()
        token = shop.token(org=org)
        ready, found = threading.Barrier(4), list[tuple[int, str | None]]()

        def press(key: str, ready: Any = ready, token: str = token, found: Any = found) -> None:
            ready.wait()
            found.append(code(shop.start(key, t=token)))

        clicks = [
            threading.Thread(target=press, args=(key,))
            for key in ("pro_monthly", "starter_monthly", "pro_monthly", "starter_monthly")
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()
        assert set(found) == {(303, None), (410, "link_used")}
        assert [s["status"] for s in shop.sessions(customer=customer)] == ["open"]


def test_what_an_organization_began_before_it_had_a_customer_is_closed_too(shop: Booth) -> None:
    """Both paid would be two subscriptions of one organization."""
    org, other = (f"org_{secrets.token_hex(4)}" for _ in range(2))
    first = shop.start("pro_monthly", t=shop.token(org=org)).headers["location"]
    beside = shop.start("pro_monthly", t=shop.token(org=other)).headers["location"]
    shop.front.shop.customer(email=f"{org}@example.com", metadata={"org_id": org})
    shop.front.deliver()
    second = shop.start("pro_monthly", t=shop.token(org=org)).headers["location"]
    states = [
        next(s["status"] for s in shop.sessions() if s["id"] in url)
        for url in (first, second, beside)
    ]
    assert states == ["expired", "open", "open"]


def test_an_old_or_forged_link_opens_and_starts_nothing(shop: Booth) -> None:
    _, org = shop.subscriber()
    now = shop.front.now()
    old = seal(PricingToken("a", org, None, "m", "shop", now - LIVES), KEY)
    forged = seal(PricingToken("a", org, None, "m", "shop", now), "x" * 32)
    before = len(shop.sessions())
    for token, told in ((old, (410, "link_expired")), (forged, (403, "link_invalid"))):
        shown = shop.page(f"/pricing/main?t={token}", status=told[0])
        assert shown.headers["portside-code"] == told[1]
        assert "<form" not in shown.html
        assert code(shop.start("pro_monthly", t=token)) == told
    assert len(shop.sessions()) == before


def test_a_table_that_is_hidden_at_sign_up_is_for_those_who_are_known(shop: Booth) -> None:
    _, org = shop.subscriber()
    answer = shop.ask(org=org, table="members", lang="ja")
    assert answer.json()["url"].startswith("https://billing.example/pricing/members?t=v1.")
    assert answer.json()["url"].endswith("&lang=ja")
    token = shop.token(org=org, table="members")
    assert "In every plan" in shop.page(f"/pricing/members?t={token}").text
    assert code(shop.start("pro_monthly", table="members")) == (404, "table_unknown")
    assert shop.start("pro_monthly", table="members", t=token).status_code == 303


UNKNOWN = {
    "a draft plan": ("draft_monthly", "main", "plan_unknown"),
    "a plan that is none": ("gold", "main", "plan_unknown"),
    "no plan": ("", "main", "plan_unknown"),
    "a draft table": ("pro_monthly", "later", "table_unknown"),
    "a table that is none": ("pro_monthly", "gold", "table_unknown"),
}


@pytest.mark.parametrize("case", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_nothing_is_started_or_kept_for(shop: Booth, case: tuple[str, str, str]) -> None:
    lookup_key, table, told = case
    before = len(shop.sessions())
    answer = shop.start(lookup_key, table=table)
    assert code(answer) == (404, told)
    assert f'href="../{table}"' in answer.text
    assert len(shop.sessions()) == before


FOREIGN: dict[str, dict[str, str]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sibling": {"Sec-Fetch-Site": "same-site", "Origin": "https://billing.example"},
    "an old browser on another site": {"Origin": "https://evil.example"},
    "an origin that is hidden": {"Origin": "null"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_form_is_refused_from(shop: Booth, headers: dict[str, str]) -> None:
    before = len(shop.sessions())
    assert code(shop.start("pro_monthly", headers=headers)) == (403, "elsewhere")
    assert len(shop.sessions()) == before


def test_an_old_browser_on_the_page_itself_is_let_in(shop: Booth) -> None:
    origin = str(shop.client.base_url).rstrip("/")
    assert shop.start("pro_monthly", headers={"Origin": origin}).status_code == 303


def test_a_form_that_is_too_long_or_no_form_is_no_fault(shop: Booth) -> None:
    for body in (b"lookup_key=" + b"x" * 10_000, b"\xff\xfe\x00", b""):
        answer = shop.client.post("/pricing/main/start", content=body)
        assert code(answer) == (404, "plan_unknown")
    assert shop.client.get("/pricing/main/start").status_code == 405


MISTAKES: dict[str, tuple[dict[str, Any], int, str]] = {
    "no member": ({"org": "o", "member": ""}, 422, "member_required"),
    "for nobody": ({}, 422, "customer_required"),
    "for two": ({"org": "o", "customer": "c"}, 422, "customer_required"),
    "an unknown customer": ({"customer": "cus_nobody"}, 404, "no_customer"),
    "an unknown table": ({"org": "o", "table": "gold"}, 404, "table_unknown"),
    "a draft table": ({"org": "o", "table": "later"}, 404, "table_unknown"),
    "without the permission": ({"org": "o", "permissions": []}, 403, "member_not_permitted"),
    "an unknown language": ({"org": "o", "lang": "xx"}, 422, "wrong_usage"),
    "an unknown name": ({"org": "o", "plan": "pro"}, 422, "wrong_usage"),
    "a name without end": ({"org": "o" * 151}, 422, "wrong_usage"),
    "the wrong scope": ({"org": "o", "secret": READS}, 403, "scope_missing"),
    "no token": ({"org": "o", "secret": "nothing"}, 401, "token_invalid"),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_link_is_refused(shop: Booth, case: tuple[dict[str, Any], int, str]) -> None:
    asked, status, told = case
    answer = shop.ask(**asked)
    assert (answer.status_code, answer.json()["code"]) == (status, told)
    assert "url" not in answer.json()


def test_a_link_is_in_the_audit_without_its_address(shop: Booth) -> None:
    customer, org = shop.subscriber()
    answer = shop.ask(org=org)
    token = answer.json()["url"].partition("t=")[2]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["customer_id"] == customer
    path = Path(str(shop.front.store.engine.url.database))
    stored = b"".join(p.read_bytes() for p in path.parent.glob("portside.db*"))
    assert b"pricing.linked" in stored
    assert token.encode() not in stored
    assert token.rpartition(".")[2].encode() not in stored


def test_addresses_are_in_no_log_and_no_table(
    shop: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        _, org = shop.subscriber()
        urls = [
            shop.start("pro_monthly").headers["location"],
            shop.start("pro_monthly", t=shop.token(org=org)).headers["location"],
        ]
    path = Path(str(shop.front.store.engine.url.database))
    stored = b"".join(p.read_bytes() for p in path.parent.glob("portside.db*"))
    said = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("http")
    )
    for url in urls:
        assert url.encode() not in stored
        assert url not in said


class Deaf:
    """A Stripe that is away when a session is to be made, however the rest goes."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def create_checkout_session(self, **_: Any) -> SessionMade:
        raise StripeUnavailable("Stripe did not answer.")


def test_while_stripe_is_away_nothing_is_charged_and_the_link_is_not_spent(
    sqlite_store: Store,
) -> None:
    with booth(sqlite_store, gateway=Deaf) as made:
        _, org = made.subscriber()
        token = made.token(org=org)
        for given in ({"t": token}, {}):
            answer = made.start("pro_monthly", **given)
            assert code(answer) == (503, "stripe_unavailable")
            assert "Nothing was charged" in answer.text
            assert answer.headers["retry-after"] == "60"
        assert made.page(f"/pricing/main?t={token}").buttons["Pro"] == "Choose Pro"


def test_strangers_share_a_limit_that_members_do_not(store: Store) -> None:
    with booth(store, limit=RateLimit(links=2, seconds=600)) as made:
        told = [made.start("pro_monthly").status_code for _ in range(3)]
        assert told == [303, 303, 429]
        customer, org = made.subscriber()
        token = made.token(org=org)
        first, second = (made.start("pro_monthly", t=token) for _ in range(2))
        assert first.headers["location"] == second.headers["location"]
        assert made.page(f"/pricing/main?t={token}").buttons["Pro"] == "Choose Pro (off)"
        assert code(made.start("starter_monthly", t=token)) == (410, "link_used")
        assert len(made.sessions(customer=customer)) == 1


def test_one_address_starts_only_so_often(sqlite_store: Store) -> None:
    with booth(sqlite_store) as made:
        told = [made.start("gold").status_code for _ in range(STARTS + 1)]
        assert told == [404] * STARTS + [429]
        _, org = made.subscriber()
        assert made.start("pro_monthly", t=made.token(org=org)).status_code == 303


class Stuck:
    """A Stripe that does not answer until it is let."""

    let = threading.Event()

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def price_id(self, lookup_key: str) -> str:
        Stuck.let.wait(60)
        raise StripeUnavailable("Stripe does not answer.")


def test_a_crowd_that_waits_for_stripe_keeps_nobody_else_waiting(sqlite_store: Store) -> None:
    with booth(sqlite_store, gateway=Stuck, crowd=Crowd(most=10_000)) as made:
        told: list[int] = []
        crowd = [
            threading.Thread(target=lambda: told.append(made.start("pro_monthly").status_code))
            for _ in range(40)  # more than there are threads
        ]
        for each in crowd:
            each.start()
        try:
            assert made.client.get("/readyz", timeout=20).status_code == 200
            assert made.client.get("/metrics", timeout=20).status_code == 200
        finally:
            Stuck.let.set()
            for each in crowd:
                each.join()
    assert len(told) == 40
    assert set(told) == {503, 429}


def test_the_crowd_forgets() -> None:
    now = [0.0]
    crowd = Crowd(ticks=lambda: now[0])
    for _ in range(STARTS):
        crowd.count("a")
    with pytest.raises(Exception, match="Wait a few minutes"):
        crowd.count("a")
    crowd.count("b")
    now[0] = WINDOW
    crowd.count("a")


def test_the_crowd_counts_right_when_everybody_comes_at_once() -> None:
    most, before = 10, sys.getswitchinterval()
    crowd = Crowd(most=most)
    let_in: list[int] = []

    def press() -> None:
        for _ in range(1_000):
            with suppress(RateLimited):
                crowd.count("a")
                let_in.append(1)

    sys.setswitchinterval(1e-6)
    try:
        crowds = [threading.Thread(target=press) for _ in range(8)]
        for each in crowds:
            each.start()
        for each in crowds:
            each.join()
    finally:
        sys.setswitchinterval(before)
    assert len(let_in) == most


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("testclient", "testclient", True),
        ("", "", True),
    ],
)
def test_one_connection_is_one_address_however_many_it_has(
    one: str, other: str, same: bool
) -> None:
    assert (household(one) == household(other)) is same


def test_without_a_key_no_link_is_signed(sqlite_store: Store) -> None:
    with booth(sqlite_store, keys=()) as made:
        answer = made.ask(org="org_1")
    assert (answer.status_code, answer.json()["code"]) == (503, "configuration")
    assert "PORTSIDE_RETURN_KEY" in answer.json()["message"]


def test_the_page_has_an_address_of_its_own_where_it_is_configured(sqlite_store: Store) -> None:
    policy = PricingPolicy(url="https://prices.example/plans/")
    with booth(sqlite_store, policy=policy) as made:
        url = made.ask(org="org_1").json()["url"]
    assert re.match(r"https://prices\.example/plans/main\?t=v1\.", url)


class Counting:
    """Keeps what a Checkout was asked for: the sandbox sells nothing by use."""

    asked: list[dict[str, Any]]

    def __init__(self, real: Any) -> None:
        self._real = real
        Counting.asked = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def price_id(self, lookup_key: str) -> str:
        return f"price_of_{lookup_key}"

    def create_checkout_session(self, **asked: Any) -> SessionMade:
        Counting.asked.append(asked)
        return SessionMade("cs_1", "https://checkout.example/1", 1)


def test_what_is_charged_by_use_goes_to_checkout_without_a_quantity(sqlite_store: Store) -> None:
    catalog = parse_catalog(
        """
default_plan = "free"
[plans.use]
[[plans.use.prices]]
lookup_key = "calls"
interval = "month"
amount = 5
usage = "metered"
meter = "mtr_1"
[plans.flat]
rank = 2
[[plans.flat.prices]]
lookup_key = "flat"
interval = "month"
amount = 500
[plans.both]
rank = 3
[[plans.both.prices]]
lookup_key = "base"
interval = "month"
amount = 900
[[plans.both.prices]]
lookup_key = "beside"
interval = "month"
amount = 5
usage = "metered"
meter = "mtr_1"
[[plans.both.prices]]
lookup_key = "beside_yearly"
interval = "year"
amount = 5
usage = "metered"
meter = "mtr_1"
"""
    )
    with booth(sqlite_store, catalog, gateway=Counting) as made:
        for key, quantity, beside in (
            ("calls", None, []),
            ("flat", 1, []),
            ("base", 1, ["price_of_beside"]),
        ):
            answer = made.start(key, table="core")
            assert answer.headers["location"] == "https://checkout.example/1"
            assert Counting.asked[-1]["price"] == f"price_of_{key}"
            assert Counting.asked[-1]["quantity"] == quantity
            assert Counting.asked[-1]["beside"] == beside


def test_the_audit_holds_after_all_of_it(shop: Booth) -> None:
    with shop.front.store.reading() as connection:
        assert audit.first_broken(connection) is None
