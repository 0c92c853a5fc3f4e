"""The local Kinde: delivers by itself, tries again, keeps its world, and its pages make things
happen."""

from __future__ import annotations

import time
from contextlib import nullcontext

import httpx

from lib.sandbox.kinde import delivering
from lib.sandbox.kinde.tenant import Tenant
from lib.sandbox.kinde.world import seed
from lib.sandbox.testing import running_sandbox
from tests.kinde.events import DAY, START
from tests.kinde.scene import PATH, entitlements, kinde


def test_what_happens_is_delivered_until_it_is_taken(sqlite_store):
    with kinde(sqlite_store) as scene:
        tenant = scene.tenant
        customer = tenant.add(org_code="org", name="Acme")
        tenant.webhook = "http://127.0.0.1:9/away"
        tenant.subscribe(customer["id"], "pro")
        while not tenant.deliverer.answers:
            time.sleep(0.01)
        assert tenant.deliverer.answers[0][1] == 0
        tenant.webhook = f"{str(scene.sender.client.base_url).rstrip('/')}{PATH}"
        assert tenant.deliverer.settle(sum(delivering.RETRY_SECONDS) + 10)
    assert entitlements(sqlite_store) == {f"kinde:{customer['id']}": ("org", "pro", "active")}


def test_a_tenant_is_kept_between_starts(tmp_path):
    first = Tenant(directory=tmp_path)
    customer = first.add(org_code="org", name="Acme")
    first.ring.rotate()
    first.subscribe(customer["id"], "pro")
    again = Tenant(directory=tmp_path)
    assert again.customers == first.customers
    assert again.events == first.events
    assert again.ring.jwks() == first.ring.jwks()
    assert again.client_secret == first.client_secret
    assert (tmp_path / "kinde.json").stat().st_mode & 0o077 == 0


def test_beside_the_local_stripe_it_has_its_own_address_and_pages():
    with running_sandbox(now=START, frozen=True) as running:
        tenant = running.sandbox.kinde
        seed(tenant, running.sandbox.clock.pinned, now=START, shared_org="org_shared")
        assert tenant.issuer == f"{running.url}/_kinde"
        assert len(httpx.get(f"{tenant.issuer}/.well-known/jwks").json()["keys"]) == 1
        names = [customer["name"] for customer in tenant.customers.values()]
        page = httpx.get(f"{tenant.issuer}/").text
        assert len(names) == 6
        assert all(name.split()[0] in page for name in names)
        steady = next(iter(tenant.customers))
        done = httpx.post(f"{tenant.issuer}/act/{steady}/change", data={"plan": "starter"})
        assert done.status_code == 303
        assert tenant.customers[steady]["agreement"]["plan_code"] == "starter"
        times = [event["event_timestamp"] for event in tenant.events.values()]
    assert min(times) < max(times)
    assert all("2026" in time for time in times)


def test_a_seeded_tenant_is_not_seeded_again():
    tenant = Tenant(now=lambda: START)
    for _ in range(2):
        seed(tenant, lambda _second: nullcontext(), now=START + DAY)
    assert len(tenant.customers) == 6


def test_the_portal_page_acts_for_its_customer_and_sends_them_back(sqlite_store):
    with kinde(sqlite_store) as scene:
        tenant = scene.tenant
        customer = tenant.add(org_code="org", name="<b>Acme</b>")
        tenant.subscribe(customer["id"], "starter")
        url = tenant.generate_url(
            {"user_id": customer["user_id"], "return_url": "https://app.example.com/back"}
        )
        assert "<b>Acme</b>" not in httpx.get(url).text
        done = httpx.post(f"{url}/change", data={"plan": "pro"})
        assert (done.status_code, done.headers["location"]) == (303, "https://app.example.com/back")
        assert customer["agreement"]["plan_code"] == "pro"
