"""From a webhook of Kinde's to the row that says what a customer may use."""

from __future__ import annotations

from tests.kinde.scene import entitlements, kinde


def test_a_customer_of_kindes_gets_its_plan_and_organization(store):
    with kinde(store) as scene:
        customer = scene.tenant.add(org_code="org_acme", name="Acme", email="a@acme.example")
        scene.tenant.subscribe(customer["id"], "pro")
        assert scene.tell_all() == ["applied", "stale"]  # the first of them names the plan too
    assert entitlements(store) == {f"kinde:{customer['id']}": ("org_acme", "pro", "active")}
