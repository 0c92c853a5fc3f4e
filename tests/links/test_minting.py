"""Minting over the real SDK against the sandbox: who may, what is refused, what is kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import (
    BillingError,
    ConfigurationError,
    LinkRefused,
    NoCustomer,
    NoSuchObject,
    PermissionDenied,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    WrongUsage,
)
from lib.billing.domain.permissions import Role
from lib.billing.domain.portal import SessionMade
from lib.billing.store import audit, inbox
from lib.billing.stripe.gateway import Gateway
from tests.fresh import fresh_store
from tests.links.shopfront import Front, RateLimit, open_front, request
from tests.sandbox.shop import Visitor


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    store = fresh_store(tmp_path_factory.mktemp("links") / "portside.db")
    with open_front(store) as opened:
        yield opened
    store.close()


def _actions(front: Front, link_id: str) -> list[tuple[str, str | None]]:
    with front.store.reading() as connection:
        return [(row.action, row.code) for row in audit.of_link(connection, link_id)]


def _last(front: Front, customer: str) -> tuple[str, str | None]:
    with front.store.reading() as connection:
        query = text(
            "SELECT action, code FROM audit WHERE customer_id = :id ORDER BY audit_id DESC LIMIT 1"
        )
        row = connection.execute(query, {"id": customer}).one()
    return row[0], row[1]


PORTAL_FLOWS = [
    "home",
    "payment_method_update",
    "subscription_update",
    "subscription_update_confirm",
    "subscription_cancel",
]


@pytest.mark.parametrize("flow", PORTAL_FLOWS)
def test_a_subscriber_gets_a_portal_session_for(front: Front, flow: str) -> None:
    customer, _ = front.subscriber("basic")
    plan = "pro_monthly" if flow == "subscription_update_confirm" else None
    minted = front.mint(customer, flow, plan=plan)
    assert minted.url.startswith(f"{front.shop.running.url}/p/session/")
    assert minted.expires_at == minted.minted_at + 300
    assert minted.bearer
    assert _actions(front, minted.link_id) == [("link.requested", None), ("link.minted", None)]


def test_a_session_begins_in_the_flow_and_comes_back_to_the_configured_address(
    front: Front,
) -> None:
    customer, subscription = front.subscriber("basic")
    front.mint(customer, "subscription_cancel")
    session = front.shop.running.sandbox.find("billing_portal.session", customer=customer)[0]
    assert session["return_url"] == "https://app.example/billing"
    assert session["flow"]["subscription_cancel"]["subscription"] == subscription
    assert session["flow"]["after_completion"]["redirect"] == {
        "return_url": "https://app.example/billing"
    }


def test_renewing_opens_the_portals_home(front: Front) -> None:
    customer, subscription = front.subscriber("basic")
    front.shop.stripe.v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
    front.deliver()
    minted = front.mint(customer, "renew")
    session = front.shop.running.sandbox.find("billing_portal.session", customer=customer)[0]
    assert (minted.flow, session["flow"]) == ("renew", None)


def test_an_open_invoice_is_paid_on_its_own_page_without_asking_stripe(front: Front) -> None:
    customer = front.customer()
    invoices = front.shop.stripe.v1.invoices
    draft = invoices.create({"customer": customer})
    front.shop.stripe.v1.invoice_items.create(
        {"customer": customer, "invoice": draft.id, "amount": 2500, "currency": "usd"}
    )
    front.pass_time(60)
    invoice = invoices.finalize_invoice(draft.id, {"auto_advance": False})
    front.deliver()
    desk = front.desk(gateway=None, return_url=None)
    minted = desk.mint(request(customer, "pay_invoice", invoice_id=invoice.id))
    assert minted.url == invoice.hosted_invoice_url
    assert (minted.expires_at, minted.bearer) == (None, False)


def test_the_login_page_is_the_one_to_email(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    minted = front.mint(customer, "login_page")
    assert "/p/login/" in minted.url
    assert (minted.expires_at, minted.bearer) == (None, False)


def test_checkout_starts_a_subscription_for_the_organization(front: Front) -> None:
    customer = front.customer()
    minted = front.mint(customer, "checkout", plan="pro_monthly")
    session = front.shop.running.sandbox.find("checkout.session", customer=customer)[0]
    assert minted.expires_at == session["expires_at"]
    assert session["client_reference_id"] == "org_1"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a second subscription": ({"flow": "checkout", "plan": "pro_monthly"}, "already_subscribed"),
    "renewing what does not end": ({"flow": "renew"}, "not_winding_down"),
    "no open invoice": ({"flow": "pay_invoice"}, "no_open_invoice"),
    "a plan that is not named": ({"flow": "subscription_update_confirm"}, "plan_required"),
    "a plan that nobody knows": (
        {"flow": "subscription_update_confirm", "plan": "enterprise"},
        "plan_unknown",
    ),
    "the present plan": (
        {"flow": "subscription_update_confirm", "plan": "starter_monthly"},
        "no_change",
    ),
    "a plan that Stripe does not have": (
        {"flow": "subscription_update_confirm", "plan": "gone_monthly"},
        "price_missing",
    ),
    "an unknown flow": ({"flow": "subscription_gift"}, "unknown_flow"),
    "another customer's subscription": (
        {"flow": "subscription_cancel", "subscription_id": "sub_other"},
        "not_live",
    ),
}


@pytest.mark.parametrize(("asked", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_code_that_the_audit_keeps(
    front: Front, asked: dict[str, Any], code: str
) -> None:
    customer, _ = front.subscriber("basic")
    with pytest.raises(LinkRefused) as caught:
        front.mint(customer, **asked)
    assert caught.value.code == code
    assert _last(front, customer) == ("link.refused", code)


def test_a_price_that_the_portal_does_not_offer_is_refused(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    desk = front.desk()
    offered = desk._maker.configuration()
    assert offered is not None
    desk._maker._known = [replace(offered, prices=frozenset({"price_other"}))]
    asked = request(customer, "subscription_update_confirm", plan="pro_monthly")
    with pytest.raises(LinkRefused) as caught:
        desk.mint(asked)
    assert caught.value.code == "price_not_offered"


def test_a_plan_that_turns_out_to_be_the_present_one_is_refused(front: Front) -> None:
    class Moved:
        """The lookup key of another plan was moved to the present price."""

        def portal_configurations(self) -> list[Any]:
            return []

        def price_id(self, _lookup_key: str) -> str:
            return front.shop.prices["basic"]

    customer, _ = front.subscriber("basic")
    asked = request(customer, "subscription_update_confirm", plan="pro_monthly")
    with pytest.raises(LinkRefused) as caught:
        front.desk(gateway=Moved()).mint(asked)
    assert caught.value.code == "no_change"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.FOUNDER])
def test_a_role_without_the_right_gets_nothing_and_is_in_the_audit(
    front: Front, role: Role
) -> None:
    customer, _ = front.subscriber("basic")
    with pytest.raises(PermissionDenied):
        front.mint(customer, "home", roles=frozenset({role}))
    assert _last(front, customer) == ("link.refused", "permission_denied")


def test_a_customer_that_the_projection_does_not_know_gets_nothing(front: Front) -> None:
    with pytest.raises(NoCustomer):
        front.mint("cus_typed", "home")


WRONG = {
    "no reason": {"reason": "  "},
    "no staff": {"staff": ""},
    "no click": {"click_id": ""},
    "an endless reason": {"reason": "x" * 501},
    "an endless ticket": {"ticket": "x" * 201},
}


@pytest.mark.parametrize("over", WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_said_before_anything_happens(front: Front, over: dict[str, str]) -> None:
    with pytest.raises(WrongUsage):
        front.mint("cus_1", "home", **over)


def test_without_a_return_address_the_message_names_the_variable(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    with pytest.raises(ConfigurationError, match="PORTSIDE_RETURN_URL"):
        front.mint(customer, "home", return_url=None)
    assert _last(front, customer) == ("link.failed", "configuration")


def test_without_a_key_the_message_names_the_variable(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    with pytest.raises(ConfigurationError, match="STRIPE_API_KEY"):
        front.desk(gateway=None).mint(request(customer, "home"))


def test_a_double_click_mints_once(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    asked = request(customer, "home")
    first, second = front.desk().mint(asked), front.desk().mint(asked)
    assert (first, first.url) == (second, second.url)
    assert _actions(front, first.link_id) == [("link.requested", None), ("link.minted", None)]
    sessions = front.shop.running.sandbox.find("billing_portal.session", customer=customer)
    assert len(sessions) == 1


def test_a_second_click_after_five_minutes_is_refused(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    asked = request(customer, "home")
    front.desk().mint(asked)
    front.pass_time(301)
    with pytest.raises(LinkRefused) as caught:
        front.desk().mint(asked)
    assert caught.value.code == "link_expired"


def test_two_clicks_at_the_same_moment_mint_once(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    together = threading.Barrier(2, timeout=20)

    class Both:
        """Stripe, at the moment when both halves of a double click have reached it."""

        def portal_configurations(self) -> list[Any]:
            return []

        def create_portal_session(self, *_args: Any, **_options: Any) -> SessionMade:
            together.wait()
            return SessionMade("bps_same", "https://billing.example/p/session/1", front.now())

    asked, made = request(customer, "home"), []
    desk = front.desk(gateway=Both())
    threads = [threading.Thread(target=lambda: made.append(desk.mint(asked))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[0] == made[1]
    assert _actions(front, made[0].link_id) == [("link.requested", None), ("link.minted", None)]


def test_a_click_that_was_used_for_another_link_is_refused(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    asked = request(customer, "home")
    front.desk().mint(asked)
    with pytest.raises(LinkRefused) as caught:
        front.desk().mint(replace(asked, flow="subscription_cancel"))
    assert caught.value.code == "click_reused"


def test_too_many_links_are_refused_and_others_are_not_held_back(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    limit = RateLimit(links=2, seconds=600)
    for _ in range(2):
        front.mint(customer, "home", staff="quick@portside.example", limit=limit)
    with pytest.raises(RateLimited, match="10 minutes"):
        front.mint(customer, "home", staff="quick@portside.example", limit=limit)
    assert _last(front, customer) == ("link.refused", "rate_limited")
    assert front.mint(customer, "home", staff="other@portside.example", limit=limit)


def test_stripes_refusal_is_told_with_what_to_do_and_kept(front: Front) -> None:
    customer, subscription = front.subscriber("basic")
    # The cancellation's event is still on its way: the projection offers what Stripe refuses.
    front.shop.stripe.v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
    with pytest.raises(StripeRefused, match="send the link for renewing") as caught:
        front.mint(customer, "subscription_cancel")
    assert caught.value.code == "already_winding_down"
    assert _last(front, customer) == ("link.refused", "already_winding_down")


def test_when_stripe_is_away_nothing_is_minted_and_the_audit_says_failed(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    away = Gateway("rk_test_desk", "http://127.0.0.1:9", retries=0)
    with pytest.raises(StripeUnavailable):
        front.desk(gateway=away).mint(request(customer, "home"))
    assert _last(front, customer) == ("link.failed", "stripe_unavailable")
    away.close()


def test_a_fault_that_nobody_foresaw_is_kept_as_failed(front: Front) -> None:
    class Broken:
        def portal_configurations(self) -> list[Any]:
            return []

    customer, _ = front.subscriber("basic")
    with pytest.raises(AttributeError):
        front.desk(gateway=Broken()).mint(request(customer, "home"))
    assert _last(front, customer) == ("link.failed", BillingError.code)


def test_an_address_is_nowhere_but_in_the_callers_hand(
    front: Front, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    customer, _ = front.subscriber("basic")
    minted = front.mint(customer, "home")
    secret = minted.url.rpartition("/")[2]
    front.deliver()
    assert secret not in repr(minted) + str(minted)
    assert secret not in caplog.text + "".join(capfd.readouterr())
    with front.store.reading() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
        ids = connection.execute(text("SELECT event_id FROM inbox")).scalars().all()
        stored = b"".join(inbox.body_of(connection, event_id) or b"" for event_id in ids)
    assert secret not in dump
    assert secret.encode() not in stored
    assert b"billing_portal.session.created" in stored


def test_the_panel_states_the_situation_and_recommends(front: Front) -> None:
    customer, subscription = front.subscriber("basic")
    told = front.desk().options(customer)
    assert told.sentence.startswith("Starter, renewing on ")
    assert told.recommended is not None
    assert told.recommended.flow == "home"
    assert told.find("subscription_cancel").subscription_id == subscription


def test_the_panel_does_not_wait_for_stripe(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    away = Gateway("rk_test_desk", "http://127.0.0.1:9", retries=0)
    told = front.desk(gateway=away).options(customer)
    assert told.find("subscription_cancel").allowed
    assert told.find("login_page").code == "no_configuration"
    away.close()


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_a_customer_cancels_and_renews_through_the_links_and_the_panel_tells(
    front: Front, mode: str
) -> None:
    customer, _ = front.subscriber("basic", mode=mode)
    front.pass_time(60)
    leaving = front.mint(customer, "subscription_cancel")
    assert front.desk().follow_ups(leaving.link_id).outcome == "waiting"
    front.pass_time(60)
    Visitor(front.shop.running.url).open(leaving.url).press("Cancel subscription")
    front.deliver()
    seen = front.desk().follow_ups(leaving.link_id)
    assert seen.outcome == "acted"
    assert ["Cancellation scheduled" in told.sentence for told in seen.followed_by] == [True]
    assert all(told.at > leaving.minted_at and told.event_id for told in seen.followed_by)

    told = front.desk().options(customer)
    assert told.recommended == told.find("renew")
    front.pass_time(60)
    staying = front.mint(customer, "renew")
    Visitor(front.shop.running.url).open(staying.url).press("Don't cancel subscription")
    front.deliver()
    assert front.desk().follow_ups(staying.link_id).outcome == "acted"


def test_progress_of_a_link_that_nobody_used(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    front.pass_time(60)
    minted = front.mint(customer, "payment_method_update")
    front.pass_time(4_000)
    assert front.desk().follow_ups(minted.link_id).outcome == "no_change_seen"


def test_progress_of_what_was_never_minted(front: Front) -> None:
    with pytest.raises(NoSuchObject):
        front.desk().follow_ups("lnk_unknown")


def test_other_acts_are_kept_too(front: Front) -> None:
    front.desk().record("fin@portside.example", "export", detail="invoices, 12 rows")
    with front.store.reading() as connection:
        assert audit.times_of(connection, "fin@portside.example", "export", 0)


def test_the_chain_of_everything_above_is_whole(front: Front) -> None:
    with front.store.reading() as connection:
        assert audit.first_broken(connection) is None


def test_no_module_of_links_knows_the_sdk() -> None:
    for path in Path("lib/billing").glob("link*.py"):
        assert "import stripe" not in path.read_text()


def test_a_customer_changes_card_and_plan_through_the_links(front: Front) -> None:
    customer, _ = front.subscriber("basic")
    front.pass_time(60)
    card = front.mint(customer, "payment_method_update")
    visitor = Visitor(front.shop.running.url)
    visitor.open(card.url).press("Update payment method", **visitor.card("5555 5555 5555 4444"))
    front.deliver()
    assert front.desk().follow_ups(card.link_id).outcome == "acted"

    front.pass_time(60)
    plan = front.mint(customer, "subscription_update_confirm", plan="pro_monthly")
    assert front.desk().follow_ups(plan.link_id).outcome == "waiting"
    visitor.open(plan.url).press("Confirm")
    front.deliver()
    assert front.desk().follow_ups(plan.link_id).outcome == "acted"
    assert front.desk().options(customer).sentence.startswith("Pro, renewing on ")
