"""One-time links into Kinde's portal: the same panel, guard, limit and audit as Stripe's."""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace

import httpx
import pytest

from lib.billing import logs
from lib.billing.domain.errors import (
    ConfigurationError,
    KindeRefused,
    KindeUnavailable,
    LinkRefused,
    PermissionDenied,
    RateLimited,
)
from lib.billing.domain.flow_values import Flow
from lib.billing.domain.permissions import Role
from lib.billing.gating import Gate
from lib.billing.kinde.portal import KindePortal
from lib.billing.kinde.settings import KindeSettings
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk, LinkRequest, RateLimit
from lib.billing.self_service import SelfService, Wanted
from lib.billing.settings.setup import Setup
from tests.kinde.scene import kinde
from tests.store.company import CATALOG, START

RETURN_URL = "https://app.example.com/billing"


class Counter:
    """Another page of the desk, over a tenant with one customer on Pro."""

    def __init__(self, scene, store):
        self.scene, self.store = scene, store
        self.setup = Setup(catalog=CATALOG)
        made = scene.tenant.add(org_code="org_acme", name="Acme", email="a@acme.example")
        self.own_id, self.customer_id = made["id"], f"kinde:{made['id']}"
        self.user = made["user_id"]
        scene.tenant.subscribe(made["id"], "pro")
        scene.tell_all()

    def settings(self, **over):
        tenant = self.scene.tenant
        found = KindeSettings(tenant.issuer, tenant.client_id, tenant.client_secret)
        return replace(found, **over)

    def desk(self, portal="", **over):
        maker = LinkMaker(
            None,
            return_url=RETURN_URL,
            kinde=KindePortal(self.settings()) if portal == "" else portal,
        )
        return LinkDesk(
            store=self.store, clock=lambda: START, setup=self.setup, maker=maker, **over
        )

    def request(self, flow="home", **over):
        asked = {
            "customer_id": self.customer_id,
            "flow": flow,
            "staff": "sam@portside.example",
            "roles": frozenset({Role.SUPPORT}),
            "reason": "Asked on the phone",
            "click_id": "click",
        }
        return LinkRequest(**asked | over)

    def audit(self):
        with self.store.reading() as connection:
            return connection.exec_driver_sql(
                "SELECT action, code, customer_id, flow, session_id, detail FROM audit "
                "ORDER BY audit_id"
            ).fetchall()


@contextmanager
def counter(store):
    with kinde(store) as scene:
        yield Counter(scene, store)


OPENS = {
    "home": "organization details",
    "payment_method_update": "organization payment details",
    "subscription_update": "organization plan selection",
}


@pytest.mark.parametrize(("flow", "page"), OPENS.items())
def test_a_link_opens_kindes_page_once(sqlite_store, flow, page):
    with counter(sqlite_store) as at:
        link = at.desk().mint(at.request(flow))
        first, second = httpx.get(link.url), httpx.get(link.url)
    assert page in first.text
    assert "Acme" in first.text
    assert second.status_code == 410
    assert (link.bearer, link.once, link.expires_at) == (True, True, None)
    assert "Kinde" in link.destination
    assert link.url not in repr(link)


def test_the_portal_is_asked_for_the_known_person_of_the_organization(sqlite_store):
    with counter(sqlite_store) as at:
        at.desk().mint(at.request("subscription_update"))
        (visit,) = at.scene.tenant.portal.values()
    assert visit == {
        "customer": at.own_id,
        "sub_nav": "organization_plan_selection",
        "return_url": RETURN_URL,
    }


def test_the_audit_holds_the_request_and_the_link_and_never_its_address(store):
    with counter(store) as at:
        link = at.desk().mint(at.request())
        kept = at.audit()
    assert [row[:4] for row in kept] == [
        ("link.requested", None, at.customer_id, "home"),
        ("link.minted", None, at.customer_id, "home"),
    ]
    assert link.url.rpartition("/")[2] not in str(kept)


ELSEWHERE = sorted(set(Flow) - set(OPENS))


@pytest.mark.parametrize("flow", ELSEWHERE)
def test_what_is_done_in_kinde_is_refused_with_the_reason_and_kept(sqlite_store, flow):
    with counter(sqlite_store) as at:
        with pytest.raises(LinkRefused) as refused:
            at.desk().mint(at.request(flow))
        assert refused.value.code == "other_provider"
        assert str(refused.value).startswith("Managed in Kinde: ")
        assert [row[:2] for row in at.audit()] == [("link.refused", "other_provider")]


def test_the_panel_speaks_of_kinde_and_recommends_its_portal(sqlite_store):
    with counter(sqlite_store) as at:
        options = at.desk().options(at.customer_id)
    allowed = {choice.flow for choice in options.choices if choice.allowed}
    assert allowed == set(OPENS)
    assert [choice.flow for choice in options.choices if choice.recommended] == ["home"]
    said = " ".join(
        f"{choice.destination} {choice.reason} {choice.note}"
        for choice in options.choices
        if choice.allowed
    )
    assert "Stripe" not in said
    assert at.user in said


def test_who_owes_is_recommended_the_page_for_payment_details(sqlite_store):
    with counter(sqlite_store) as at:
        at.scene.tenant.fail(at.own_id)
        at.scene.tell_all()
        options = at.desk().options(at.customer_id)
    assert [c.flow for c in options.choices if c.recommended] == ["payment_method_update"]


def test_without_a_person_the_reason_says_so(sqlite_store):
    with counter(sqlite_store) as at:
        event = at.scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "x"})
        at.scene.tell(event)
        with pytest.raises(LinkRefused) as refused:
            at.desk().mint(at.request(customer_id="kinde:c"))
    assert refused.value.code == "no_portal_user"


def test_without_an_application_the_reason_names_what_to_set(sqlite_store):
    with counter(sqlite_store) as at:
        with pytest.raises(LinkRefused) as refused:
            at.desk(portal=None).mint(at.request())
    assert refused.value.code == "provider_not_ready"
    assert "PORTSIDE_KINDE_CLIENT_ID" in str(refused.value)


def test_a_role_that_may_not_and_a_limit_that_is_reached(sqlite_store):
    with counter(sqlite_store) as at:
        with pytest.raises(PermissionDenied):
            at.desk().mint(at.request(roles=frozenset({Role.FINANCE})))
        desk = at.desk(limit=RateLimit(links=1))
        desk.mint(at.request(click_id="one"))
        with pytest.raises(RateLimited):
            desk.mint(at.request(click_id="two"))
        assert len(at.scene.tenant.portal) == 1


def test_a_double_click_is_one_row_of_the_audit(sqlite_store):
    with counter(sqlite_store) as at:
        desk = at.desk()
        one, two = desk.mint(at.request()), desk.mint(at.request())
        assert one.link_id == two.link_id
        assert [row[0] for row in at.audit()] == ["link.requested", "link.minted"]


FAULTS = {
    "a wrong secret": ({"client_secret": "wrong"}, KindeRefused, "kinde_credentials"),
    "nobody answers": ({"issuer": "http://127.0.0.1:9"}, KindeUnavailable, "kinde_unavailable"),
}


@pytest.mark.parametrize(("over", "error", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_what_kinde_answers_is_said_in_words_and_kept(sqlite_store, over, error, code):
    with counter(sqlite_store) as at:
        desk = at.desk(portal=KindePortal(at.settings(**over)))
        with pytest.raises(error) as fault:
            desk.mint(at.request())
        assert fault.value.code == code
        assert at.audit()[-1][:2] == (
            "link.failed" if error is KindeUnavailable else "link.refused",
            code,
        )


def test_a_person_whom_kinde_has_forgotten_is_said(sqlite_store):
    with counter(sqlite_store) as at:
        at.scene.tenant.customers.clear()
        with pytest.raises(KindeRefused) as refused:
            at.desk().mint(at.request())
    assert refused.value.code == "kinde_user_unknown"


def test_the_access_token_is_asked_for_once_and_again_when_it_was_withdrawn(sqlite_store):
    with counter(sqlite_store) as at:
        portal = KindePortal(at.settings())
        desk, tenant = at.desk(portal=portal), at.scene.tenant
        desk.mint(at.request(click_id="one"))
        desk.mint(at.request(click_id="two"))
        assert len(tenant.access_tokens) == 1
        tenant.access_tokens.clear()
        desk.mint(at.request(click_id="three"))
        assert len(tenant.access_tokens) == 1


def test_neither_the_secret_nor_an_address_is_in_any_log(sqlite_store):
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    before = root.level
    with redirect_stdout(said), redirect_stderr(said), counter(sqlite_store) as at:
        logs.set_up_logs()
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            link = at.desk().mint(at.request())
            settings = at.settings()
            with pytest.raises(KindeRefused) as refused:
                KindePortal(replace(settings, client_secret="wrong-secret")).token()
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
        token = next(iter(at.scene.tenant.access_tokens))
    secrets = (link.url.rpartition("/")[2], settings.client_secret, "wrong-secret", token)
    for text in (said.getvalue(), repr(settings), str(refused.value), repr(refused.value)):
        assert not any(secret in text for secret in secrets)


def test_a_member_is_sent_to_kinde_with_their_own_session(sqlite_store):
    with counter(sqlite_store) as at:
        clock = lambda: START  # noqa: E731
        service = SelfService(
            gate=Gate(at.store, at.setup, clock), links=at.desk(), setup=at.setup, clock=clock
        )
        wanted = Wanted(
            caller="product",
            member="user_1",
            permissions=at.setup.self_service.permissions,
            key="k",
            org="org_acme",
        )
        with pytest.raises(LinkRefused) as refused:
            service.session(wanted)
        assert refused.value.code == "other_provider"
        assert at.scene.tenant.portal == {}
        assert at.audit()[-1][:2] == ("link.refused", "other_provider")


def test_what_followed_a_link_is_told_from_kindes_events(sqlite_store):
    with counter(sqlite_store) as at:
        desk = at.desk()
        desk_now = at.scene.tenant._now()
        desk._clock = lambda: desk_now
        link = desk.mint(at.request("subscription_update"))
        assert desk.follow_ups(link.link_id).outcome == "waiting"
        at.scene.tenant._now = lambda: desk_now + 30
        at.scene.tenant.change(at.own_id, "starter")
        at.scene.tell_all()
        seen = desk.follow_ups(link.link_id)
    assert seen.outcome == "acted"
    assert "Plan changed from Pro to Starter." in [step.sentence for step in seen.followed_by]


def test_an_application_that_is_missing_at_the_last_moment_is_a_configuration_error(sqlite_store):
    from lib.billing.linking.kinde_side import kinde_portal

    with pytest.raises(ConfigurationError):
        kinde_portal(None, None, None, None)
