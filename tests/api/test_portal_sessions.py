"""POST /v1/portal-sessions against a running sandbox: Manage billing, end to end."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from lib.billing.api.parts import Api
from lib.billing.gating import Gate
from lib.billing.links import RateLimit
from lib.billing.self_service import SelfService
from lib.billing.settings.api_tokens import read_api_tokens
from lib.billing.settings.self_service import SelfServicePolicy
from lib.billing.settings.setup import Setup
from lib.billing.store import audit
from lib.billing.store.engine import Store
from tests.api.product import READS, TOKENS, WRITES
from tests.fresh import fresh_store
from tests.http.serving import receiver
from tests.links.shopfront import CATALOG, Front, open_front
from tests.sandbox.shop import Visitor

MAY = ["org:read:members", "org:write:billing"]


@dataclass
class Button:
    """The product's "Manage billing", and the shop behind it."""

    front: Front
    client: httpx.Client

    def press(self, *, secret: str = WRITES, key: str | None = None, **body: Any) -> httpx.Response:
        asked = {"member": "mem_1", "permissions": MAY} | body
        headers = {"Authorization": f"Bearer {secret}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.post("/v1/portal-sessions", json=asked, headers=headers)

    def subscriber(self, *prices: str, org: str | None = None) -> tuple[str, str]:
        """(customer id, organization)."""
        org = org or f"org_{secrets.token_hex(4)}"
        shop = self.front.shop
        made = shop.customer(email=f"{org}@example.com", metadata={"org_id": org})
        shop.subscription(made, *prices)
        self.front.deliver()
        return made, org

    def kept(self, **over: Any) -> list[tuple[str, str | None, str | None]]:
        """(action, flow, code) of the audit, newest link."""
        with self.front.store.reading() as connection:
            last = connection.execute(
                text("SELECT link_id FROM audit ORDER BY audit_id DESC LIMIT 1")
            ).scalar_one()
            return [(row.action, row.flow, row.code) for row in audit.of_link(connection, last)]

    def newest(self) -> audit.AuditRow:
        with self.front.store.reading() as connection:
            last = connection.execute(
                text("SELECT link_id FROM audit ORDER BY audit_id DESC LIMIT 1")
            ).scalar_one()
            return audit.of_link(connection, last)[-1]


@contextmanager
def shop_with_button(
    store: Store, policy: SelfServicePolicy | None = None, **over: Any
) -> Iterator[Button]:
    with open_front(store) as front:
        setup = Setup(catalog=CATALOG, self_service=policy or SelfServicePolicy())
        front.setup = setup
        members = SelfService(
            gate=Gate(store, setup, front.now),
            links=front.desk(**over),
            setup=setup,
            clock=front.now,
        )
        api = Api(read_api_tokens(TOKENS), None, members)
        with receiver(store, setup=setup, clock=front.now, api=api) as sender:
            yield Button(front, sender.client)


@pytest.fixture(scope="module")
def button(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Button]:
    store = fresh_store(tmp_path_factory.mktemp("button") / "portside.db")
    with shop_with_button(store) as made:
        yield made
    store.close()


FLOWS = ["home", "payment_method_update", "subscription_update", "subscription_cancel"]


@pytest.mark.parametrize("flow", FLOWS)
def test_a_member_of_a_subscribed_organization_gets_a_portal_session_for(
    button: Button, flow: str
) -> None:
    customer, org = button.subscriber("basic")
    answer = button.press(org=org, flow=flow)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["url"].startswith(f"{button.front.shop.running.url}/p/session/")
    assert (told["flow"], told["customer_id"], told["code"]) == (flow, customer, None)
    session = button.front.shop.running.sandbox.find("billing_portal.session", customer=customer)[0]
    assert session["return_url"] == "https://app.example/billing"
    assert button.kept() == [("link.requested", flow, None), ("link.minted", flow, None)]
    row = button.newest()
    assert (row.staff, row.reason) == ("api:shop acting for mem_1", "Asked in the product")
    assert row.customer_id == customer
    assert row.session_id == session["id"]


def test_a_named_plan_is_confirmed(button: Button) -> None:
    customer, _ = button.subscriber("basic")
    answer = button.press(customer=customer, flow="subscription_update_confirm", plan="pro_monthly")
    assert (answer.status_code, answer.json()["flow"]) == (201, "subscription_update_confirm")


def test_an_organization_of_two_customers_manages_the_one_that_pays(button: Button) -> None:
    org = f"org_{secrets.token_hex(4)}"
    button.front.shop.customer(email="a@example.com", metadata={"org_id": org})
    paying, _ = button.subscriber("basic", org=org)
    assert button.press(org=org).json()["customer_id"] == paying


def test_never_subscribed_is_answered_with_checkout(button: Button) -> None:
    org = f"org_{secrets.token_hex(4)}"
    customer = button.front.shop.customer(email=f"{org}@e.example", metadata={"org_id": org})
    button.front.deliver()
    answer = button.press(org=org, flow="subscription_update")
    told = answer.json()
    assert answer.status_code == 201, answer.text
    assert (told["flow"], told["code"], told["plan"]) == (
        "checkout",
        "never_subscribed",
        "starter_monthly",
    )
    (session,) = button.front.shop.running.sandbox.find("checkout.session", customer=customer)
    assert told["url"].startswith(f"{button.front.shop.running.url}/c/pay/")
    assert session["client_reference_id"] == org


def test_an_unknown_organization_is_answered_with_a_checkout_that_makes_it_known(
    button: Button,
) -> None:
    org = f"org_{secrets.token_hex(4)}"
    answer = button.press(org=org, email="new@customer.example", plan="pro_monthly")
    told = answer.json()
    assert answer.status_code == 201, answer.text
    assert (told["flow"], told["code"], told["customer_id"]) == ("checkout", "no_customer", None)
    sandbox = button.front.shop.running.sandbox
    session = sandbox.find("checkout.session", client_reference_id=org)[0]
    assert session["customer_email"] == "new@customer.example"
    row = button.newest()
    assert (row.action, row.customer_id, row.detail) == ("link.minted", None, f"organization {org}")

    # Another click closes the first one's Checkout: at most one can be completed.
    again = button.press(org=org, plan="pro_monthly")
    assert again.status_code == 201
    states = [s["status"] for s in sandbox.find("checkout.session", client_reference_id=org)]
    assert sorted(states) == ["expired", "open"]

    # Somebody else's newcomer is not touched by it.
    other = f"org_{secrets.token_hex(4)}"
    assert button.press(org=other, plan="pro_monthly").status_code == 201
    states = [s["status"] for s in sandbox.find("checkout.session", client_reference_id=org)]
    assert "open" in states


def test_what_a_newcomer_buys_is_theirs_as_soon_as_its_webhooks_arrive(button: Button) -> None:
    org = f"org_{secrets.token_hex(4)}"
    headers = {"Authorization": f"Bearer {READS}"}
    gate = f"/v1/entitlements/{org}"
    assert button.client.get(gate, headers=headers).json()["code"] == "no_customer"
    url = button.press(org=org, plan="pro_monthly", email="ada@example.com").json()["url"]
    page = Visitor(button.front.shop.running.url).open(url)
    card = page.card("4242 4242 4242 4242")
    page.press(page.buttons[-1], email="ada@example.com", name="Ada", **card)
    # Paid is not known yet: a click now finds the Checkout completed and makes no second one.
    again = button.press(org=org, plan="pro_monthly")
    assert (again.status_code, again.json()["code"]) == (409, "checkout_completed")
    button.front.deliver()
    told = button.client.get(gate, headers=headers).json()
    assert (told["plan"], told["access"], told["org_id"]) == ("pro", True, org)
    assert button.press(org=org).json()["flow"] == "home"


def test_an_unknown_customer_is_404(button: Button) -> None:
    answer = button.press(customer="cus_nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_customer")


def test_a_refused_flow_carries_the_guards_code_and_sentence(button: Button) -> None:
    customer, org = button.subscriber("basic")
    options = button.front.desk().options(customer)
    for flow in ("renew", "checkout", "pay_invoice"):
        choice = options.find(flow)
        answer = button.press(org=org, flow=flow)
        assert (answer.status_code, answer.json()["code"]) == (409, choice.code)
        assert answer.json()["message"] == choice.reason
        assert "url" not in answer.json()
        assert button.kept()[-1] == ("link.refused", flow, choice.code)


MISTAKES: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown flow": ({"flow": "everything"}, 422, "unknown_flow"),
    "a plan that is none": (
        {"flow": "subscription_update_confirm", "plan": "gold"},
        422,
        "plan_unknown",
    ),
    "no plan where one is needed": (
        {"flow": "subscription_update_confirm"},
        422,
        "plan_required",
    ),
    "a subscription of somebody else": (
        {"flow": "subscription_cancel", "subscription": "sub_other"},
        422,
        "not_live",
    ),
    "no member": ({"member": ""}, 422, "member_required"),
    "nobody": ({"org": None}, 422, "customer_required"),
    "two of them": ({"customer": "cus_1"}, 422, "customer_required"),
    "an address to come back to": ({"return_url": "https://evil.example"}, 422, "wrong_usage"),
    "permissions that are no list": ({"permissions": "org:write:billing"}, 422, "wrong_usage"),
    "a member that is no text": ({"member": 7}, 422, "wrong_usage"),
    "a member without the permission": (
        {"permissions": ["org:read:billing"]},
        403,
        "member_not_permitted",
    ),
    "a member without any": ({"permissions": []}, 403, "member_not_permitted"),
    "a member of too many letters": ({"member": "m" * 500}, 422, "wrong_usage"),
}


@pytest.fixture(scope="module")
def subscribed(button: Button) -> str:
    return button.subscriber("basic")[1]


@pytest.mark.parametrize(("body", "status", "code"), MISTAKES.values(), ids=MISTAKES.keys())
def test_it_is_refused_for(
    button: Button, subscribed: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = button.press(**{"org": subscribed, **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"].endswith(".")


def test_a_member_without_the_permission_is_kept_in_the_audit(
    button: Button, subscribed: str
) -> None:
    button.press(org=subscribed, permissions=["org:read:billing"], member="mem_curious")
    assert button.kept() == [("link.refused", "home", "member_not_permitted")]
    assert button.newest().staff == "api:shop acting for mem_curious"


BODIES = {
    "no JSON": (b"{", 400, "body_invalid"),
    "a list": (b"[]", 400, "body_invalid"),
    "nothing": (b"", 400, "body_invalid"),
    "half a character": (b'{"org": "\xff"}', 400, "body_invalid"),
    "deep nesting": (b"[" * 10_000, 400, "body_invalid"),
    "too much": (b'{"org": "' + b"x" * 20_000 + b'"}', 413, "body_too_large"),
}


def test_a_body_that_cannot_be_used_is_refused(button: Button) -> None:
    headers = {"Authorization": f"Bearer {WRITES}"}
    for what, (body, status, code) in BODIES.items():
        answer = button.client.post("/v1/portal-sessions", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), what
    answer = button.client.get("/v1/portal-sessions", headers=headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_token_that_may_only_read_mints_nothing(button: Button, subscribed: str) -> None:
    assert button.press(org=subscribed, secret=READS).json()["code"] == "scope_missing"
    assert button.press(org=subscribed, secret="x" * 20).status_code == 401


def test_the_same_key_gives_the_same_link_and_another_request_with_it_none(
    button: Button, subscribed: str
) -> None:
    first = button.press(org=subscribed, key="click-1")
    again = button.press(org=subscribed, key="click-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["url"] == again.json()["url"]
    assert len(button.kept()) == 2
    other = button.press(org=subscribed, key="click-1", flow="subscription_cancel")
    assert (other.status_code, other.json()["code"]) == (409, "click_reused")
    assert "Idempotency-Key" in other.json()["message"]
    # Another member's click is another one.
    assert button.press(org=subscribed, key="click-1", member="mem_2").status_code == 201


def test_two_requests_at_once_with_one_key_are_one_link_and_a_conflict(button: Button) -> None:
    _, org = button.subscriber("basic")
    for key in ("race-1", "race-2", "race-3"):
        ready, found = threading.Barrier(2), list[tuple[int, str | None]]()

        def press(flow: str, key: str = key, ready: Any = ready, found: Any = found) -> None:
            ready.wait()
            answer = button.press(org=org, key=key, flow=flow)
            found.append((answer.status_code, answer.json()["code"]))

        clicks = [
            threading.Thread(target=press, args=(flow,)) for flow in ("home", "subscription_cancel")
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()
        assert set(found) == {(201, None), (409, "click_reused")}


def test_what_the_catalogue_sells_is_configured(sqlite_store: Store) -> None:
    policy = SelfServicePolicy(permissions=("billing",), checkout_plan="pro_monthly")
    with shop_with_button(sqlite_store, policy, limit=RateLimit(links=2)) as button:
        assert button.press(org="org_new").json()["code"] == "member_not_permitted"
        first = button.press(org="org_new", permissions=["billing"])
        assert first.json()["plan"] == "pro_monthly"
        # A permission that is missing does not count; two links do.
        assert button.press(org="org_2", permissions=["billing"]).status_code == 201
        late = button.press(org="org_3", permissions=["billing"])
        assert (late.status_code, late.json()["code"]) == (429, "rate_limited")
        assert late.headers["retry-after"] == "60"
        assert button.press(org="org_3", permissions=["billing"], member="m2").status_code == 201


def test_both_databases_keep_newcomers_apart(store: Store) -> None:
    with shop_with_button(store) as button:
        for org in ("org_a", "org_b"):
            assert button.press(org=org, plan="pro_monthly").status_code == 201
        with store.reading() as connection:
            assert audit.first_broken(connection) is None


def test_without_stripe_it_says_so(sqlite_store: Store) -> None:
    with shop_with_button(sqlite_store, gateway=None) as button:
        _, org = button.subscriber("basic")
        answer = button.press(org=org)
        assert (answer.status_code, answer.json()["code"]) == (503, "configuration")


def test_the_address_and_the_secrets_are_in_no_log_table_or_file(
    sqlite_store: Store,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "stripe", "sqlalchemy", "uvicorn", "portside", "httpcore", "httpx"):
        caplog.set_level(logging.DEBUG, logger=name)
    with shop_with_button(sqlite_store) as button:
        _, org = button.subscriber("basic")
        url = button.press(org=org, key="click").json()["url"]
        assert button.press(org=org, secret=f"{WRITES}-wrong-one").status_code == 401
        token = url.rpartition("/")[2]
        metrics = button.client.get("/metrics").text
    assert 'portside_api_seconds_count{route="portal-sessions",status="201"} 1.0' in metrics
    assert caplog.records
    # httpx is the product's side here; its debug log names headers and is not ours.
    own = [record for record in caplog.records if not record.name.startswith("http")]
    assert own
    printed = "".join(capfd.readouterr())
    for hidden in (token, WRITES):
        assert not any(hidden in repr(vars(record)) for record in own)
        assert hidden not in printed
        assert hidden not in metrics
        kept = [p.name for p in tmp_path.rglob("*.db*") if hidden.encode() in p.read_bytes()]
        assert kept == []
