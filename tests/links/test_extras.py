"""Pausing, billing details, coupons, trials, and at most one open Checkout, against the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lib.billing.domain.errors import LinkRefused, PermissionDenied, StripeRefused
from lib.billing.domain.flow_values import LinkPolicy
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk
from lib.billing.settings.setup import Setup
from lib.billing.store import audit
from lib.billing.store.engine import Store
from lib.sandbox.portal import configurations
from tests.fresh import fresh_store
from tests.links.shopfront import CATALOG, Front, open_front, request
from tests.sandbox.shop import ALL_FEATURES, Visitor

POLICY = LinkPolicy(("STAY20",), ("WELCOME10", "EUROS"), longest_trial_days=14)
CARD = {"card_number": "4242 4242 4242 4242", "card_expiry": "12 / 34", "card_cvc": "123"}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    store = fresh_store(tmp_path_factory.mktemp("extras") / "portside.db")
    with open_front(store) as opened:
        opened.setup = Setup(catalog=CATALOG, links=POLICY)
        coupons = opened.shop.stripe.v1.coupons
        coupons.create({"id": "STAY20", "percent_off": 20, "duration": "once"})
        coupons.create({"id": "WELCOME10", "percent_off": 10, "duration": "once"})
        coupons.create({"id": "EUROS", "amount_off": 500, "currency": "eur", "duration": "once"})
        default = configurations.default_of(opened.shop.running.sandbox)["id"]
        features = {**ALL_FEATURES, "subscription_pause": {"enabled": True}}
        opened.shop.stripe.v1.billing_portal.configurations.update(default, {"features": features})
        yield opened
    store.close()


def _session(front: Front, kind: str, customer: str) -> dict[str, Any]:
    return front.shop.running.sandbox.find(kind, customer=customer)[0]


def _detail(front: Front, link_id: str) -> list[str | None]:
    with front.store.reading() as connection:
        return [row.detail for row in audit.of_link(connection, link_id)]


def test_a_customer_pauses_and_the_panel_tells(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    front.pass_time(60)
    link = front.mint(customer, "subscription_pause")
    Visitor(front.shop.running.url).open(link.url).press("Pause subscription", duration="0")
    front.deliver()
    assert front.desk().follow_ups(link.link_id).outcome == "acted"
    assert front.desk().options(customer).find("subscription_pause").code == "not_pausable"


def test_classic_billing_cannot_be_paused_and_stripe_says_so(front: Front) -> None:
    customer, _ = front.subscriber("basic", mode="classic")
    with pytest.raises(StripeRefused, match="migrate it in Stripe") as caught:
        front.mint(customer, "subscription_pause")
    assert caught.value.code == "not_flexible"


def test_billing_details_are_updated_through_their_own_page(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    front.pass_time(60)
    link = front.mint(customer, "customer_update")
    page = Visitor(front.shop.running.url).open(link.url)
    page.press("Save", name="Ada Lovelace", email="ada@example.com")
    front.deliver()
    assert front.desk().follow_ups(link.link_id).outcome == "acted"


def test_a_coupon_is_offered_before_the_cancellation_and_taking_it_is_an_answer(
    front: Front,
) -> None:
    customer, _ = front.subscriber("basic")
    front.pass_time(60)
    link = front.mint(customer, "subscription_cancel", coupon="STAY20")
    assert _detail(front, link.link_id) == ["coupon STAY20"] * 2
    page = Visitor(front.shop.running.url).open(link.url)
    assert "20%" in page.text
    page.press(next(button for button in page.buttons if "offer" in button.lower()))
    front.deliver()
    assert front.desk().follow_ups(link.link_id).outcome == "acted"


def test_checkout_carries_plan_coupon_and_trial(front: Front) -> None:
    customer = front.customer()
    link = front.mint(customer, "checkout", plan="pro_monthly", coupon="WELCOME10", trial_days=7)
    made = _session(front, "checkout.session", customer)
    assert made["discounts"] == [{"coupon": "WELCOME10", "promotion_code": None}]
    assert made["_"]["subscription_data"]["trial_period_days"] == 7
    assert _detail(front, link.link_id) == ["coupon WELCOME10, trial of 7 days"] * 2


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a coupon that is not configured": (
        "checkout",
        {"plan": "pro_monthly", "coupon": "FREE100"},
        "coupon_not_configured",
    ),
    "a coupon of another flow": (
        "checkout",
        {"plan": "pro_monthly", "coupon": "STAY20"},
        "coupon_not_configured",
    ),
    "a longer trial than is configured": (
        "checkout",
        {"plan": "pro_monthly", "trial_days": 15},
        "trial_not_offered",
    ),
    "a trial of no days": (
        "checkout",
        {"plan": "pro_monthly", "trial_days": 0},
        "trial_not_offered",
    ),
}


@pytest.mark.parametrize(("flow", "over", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_configured_is_refused(
    front: Front, flow: str, over: dict[str, Any], code: str
) -> None:
    customer = front.customer()
    with pytest.raises(LinkRefused) as caught:
        front.mint(customer, flow, **over)
    assert caught.value.code == code


def test_who_has_subscribed_before_gets_no_trial_and_no_amount_in_another_currency(
    front: Front,
) -> None:
    customer, subscription = front.subscriber("basic")
    front.pass_time(60)
    front.shop.stripe.v1.subscriptions.cancel(subscription)
    front.deliver()
    choice = front.desk().options(customer).find("checkout")
    assert (choice.longest_trial_days, choice.coupons) == (0, ("WELCOME10",))


def test_a_new_checkout_closes_the_one_before(front: Front) -> None:
    customer = front.customer()
    front.mint(customer, "checkout", plan="pro_monthly")
    front.pass_time(60)
    note = front.desk().options(customer).find("checkout").note
    assert note is not None
    assert "a new one closes it" in note
    front.mint(customer, "checkout", plan="starter_monthly")
    found = front.shop.running.sandbox.find("checkout.session", customer=customer)
    assert sorted(session["status"] for session in found) == ["expired", "open"]
    front.pass_time(60)
    front.mint(customer, "checkout", plan="starter_monthly")
    found = front.shop.running.sandbox.find("checkout.session", customer=customer)
    assert [session["status"] for session in found].count("open") == 1


def test_a_checkout_that_was_just_completed_starts_no_second_one(front: Front) -> None:
    customer = front.customer()
    link = front.mint(customer, "checkout", plan="pro_monthly")
    page = Visitor(front.shop.running.url).open(link.url)
    page.press(page.buttons[-1], email="ada@example.com", name="Ada", **CARD)
    # Its webhook is still on the way.
    front.pass_time(60)
    with pytest.raises(LinkRefused) as caught:
        front.mint(customer, "checkout", plan="pro_monthly")
    assert caught.value.code == "checkout_completed"
    front.deliver()
    assert front.desk().options(customer).find("checkout").code == "already_subscribed"
    assert front.desk().follow_ups(link.link_id).outcome == "acted"


def test_the_other_half_of_a_double_click_starts_no_second_one_either(front: Front) -> None:
    customer = front.shop.customer(metadata={"org_id": "org_halves"})
    front.deliver()
    link = front.mint(customer, "checkout", plan="pro_monthly")
    page = Visitor(front.shop.running.url).open(link.url)
    page.press(page.buttons[-1], email="ada@example.com", name="Ada", **CARD)
    front.pass_time(200)
    asked, codes = request(customer, "checkout", plan="pro_monthly"), []

    class Slow:
        """Stripe, asked to close the earlier one while the second half of the click arrives."""

        def __getattr__(self, name: str) -> Any:
            return getattr(front.gateway, name)

        def close_checkout_session(self, session_id: str) -> Any:
            with pytest.raises(LinkRefused) as other:
                front.desk().mint(asked)
            codes.append(other.value.code)
            return front.gateway.close_checkout_session(session_id)

    with pytest.raises(LinkRefused) as caught:
        front.desk(gateway=Slow()).mint(asked)
    assert [*codes, caught.value.code] == ["checkout_completed"] * 2
    found = front.shop.running.sandbox.find("checkout.session", customer=customer)
    assert [session["status"] for session in found] == ["complete"]


def test_an_organization_is_not_subscribed_twice(front: Front) -> None:
    one = front.shop.customer(metadata={"org_id": "org_twice"})
    other = front.shop.customer(metadata={"org_id": "org_twice"}, email="eve@example.com")
    front.shop.subscription(one, "basic")
    front.deliver()
    refused = front.desk().options(other).find("checkout")
    assert (refused.code, one in str(refused.reason)) == ("org_subscribed", True)


def test_the_login_page_is_filled_in_and_only_for_whom_it_opens(front: Front) -> None:
    older, _ = front.subscriber("basic")
    email = "shared+name@example.com"
    front.shop.stripe.v1.customers.update(older, {"email": email})
    front.deliver()
    url = front.mint(older, "login_page").url
    assert url.endswith("?prefilled_email=shared%2Bname%40example.com")
    assert email in Visitor(front.shop.running.url).open(url).html
    front.pass_time(60)
    newer = front.shop.customer(email=email.upper())
    front.deliver()
    assert front.desk().options(older).find("login_page").allowed
    front.shop.subscription(newer, "basic")
    front.deliver()
    assert front.desk().options(older).find("login_page").code == "email_shared"
    assert front.desk().options(newer).find("login_page").allowed


def test_an_invoice_may_be_named_by_its_number(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    first, second = front.shop.open_invoice(customer), front.shop.open_invoice(customer, 900)
    front.deliver()
    assert front.mint(customer, "pay_invoice").url == first.hosted_invoice_url
    named = front.mint(customer, "pay_invoice", invoice_id=second.number)
    assert named.url == second.hosted_invoice_url


def test_what_was_pasted_with_a_nul_in_it_is_kept_without_on_both_databases(store: Store) -> None:
    maker = LinkMaker(None, return_url=None)
    desk = LinkDesk(store=store, clock=lambda: 1, setup=Setup(catalog=CATALOG), maker=maker)
    pasted = {"reason": "Asked\x00 twice \ud800", "ticket": "T\x001", "invoice_id": "in_\ud800"}
    with pytest.raises(PermissionDenied):
        desk.mint(request("cus_\x001", "home", roles=(), **pasted))
    with store.reading() as connection:
        (row,) = audit.of_flow(connection, "cus_1", "home", 0)
    assert (row.reason, row.ticket, row.invoice_id) == ("Asked twice", "T1", "in_")


def test_clicks_at_the_same_moment_mint_once_on_both_databases(store: Store) -> None:
    with open_front(store) as front:
        customer = front.customer()
        same = request(customer, "checkout", plan="pro_monthly")
        other = request(customer, "checkout", plan="pro_monthly", staff="eve@portside.example")
        start, links, codes = threading.Barrier(6, timeout=30), [], []

        def click(asked: Any) -> None:
            start.wait()
            try:
                links.append(front.desk().mint(asked))
            except LinkRefused as error:
                codes.append(error.code)

        clicks = [same] * 4 + [other] * 2
        threads = [threading.Thread(target=click, args=(asked,)) for asked in clicks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = front.shop.running.sandbox.find("checkout.session", customer=customer)
        assert [session["status"] for session in found].count("open") == 1
        with store.reading() as connection:
            rows = audit.of_flow(connection, customer, "checkout", 0)
            assert audit.first_broken(connection) is None
        minted = [row for row in rows if row.action == "link.minted"]
        assert len({row.link_id for row in minted}) == len(minted)
        assert {link.link_id for link in links} == {row.link_id for row in minted}
        assert set(codes) <= {"checkout_under_way"}
        assert len(links) + len(codes) == len(clicks)
