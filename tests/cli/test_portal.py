"""`portside portal plan` and `apply` as a person runs them."""

from __future__ import annotations

import csv
import io

import pytest

from lib.sandbox.testing import running_sandbox
from tests.portal.conftest import SOLD
from tests.sandbox.shop import NOW, open_shop


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "small.toml").write_text(SOLD)
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        for name, key in (("basic", "starter_monthly"), ("pro", "pro_monthly")):
            shop.stripe.v1.prices.update(shop.prices[name], {"lookup_key": key})
        yield shop


def test_it_plans_applies_and_is_content(portside, shop):
    environment = {
        "STRIPE_API_KEY": "rk_test_x",
        "PORTSIDE_STRIPE_API_BASE": shop.running.url,
        "PORTSIDE_CATALOG": "small.toml",
        "PORTSIDE_RETURN_URL": "https://app.example/return",
    }

    def run(*arguments: str):
        return portside("portal", *arguments, **environment)

    planned = run("plan", "--format", "csv")
    rows = {row["field"]: row for row in csv.DictReader(io.StringIO(planned.out))}
    assert (planned.code, rows["cancel_mode"]["wanted"]) == (1, "at_period_end")
    assert rows["login_page"]["action"] == "create"

    applied = run("apply", "--format", "json", "--staff", "ann")
    assert (applied.code, [done["action"] for done in applied.json["applied"]]) == (0, ["created"])
    (portal_id,) = [done["configuration_id"] for done in applied.json["applied"]]

    shop.running.advance(60)
    portals = shop.stripe.v1.billing_portal.configurations
    portals.update(portal_id, {"features": {"invoice_history": {"enabled": False}}})
    planned = run("plan", "--format", "json")
    assert planned.code == 1
    assert planned.json["changes"] == [
        {
            "plan_group": "core",
            "configuration_id": portal_id,
            "action": "update",
            "field": "invoice_history",
            "live": False,
            "wanted": True,
        }
    ]
    assert "Invoice history" in run("apply").err
    planned = run("plan")
    assert (planned.code, planned.out) == (0, "")
    assert "Nothing to do" in planned.err


def test_what_is_missing_is_one_line(portside):
    ran = portside("portal", "plan")
    assert (ran.code, ran.out) == (1, "")
    assert "STRIPE_API_KEY" in ran.err
    assert "Traceback" not in ran.err
