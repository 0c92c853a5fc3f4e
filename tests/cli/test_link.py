"""`portside link`: every flow and option of the panel, on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.fresh import fresh_store
from tests.links.shopfront import CATALOG_TEXT, open_front

LINKS = '[links]\nretention_coupons = ["STAY20"]\nlongest_trial_days = 14\n'


def test_links_are_listed_and_minted(portside: Run, tmp_path: Path) -> None:
    store = fresh_store(tmp_path / "portside.db")
    (tmp_path / "catalog.toml").write_text(CATALOG_TEXT)
    (tmp_path / "portside.toml").write_text(LINKS)
    with open_front(store) as front:
        front.shop.stripe.v1.coupons.create({"id": "STAY20", "percent_off": 20, "duration": "once"})
        customer, subscription = front.subscriber("basic")
        fresh = front.customer()
        store.close()
        environment = {
            "PORTSIDE_CATALOG": str(tmp_path / "catalog.toml"),
            "PORTSIDE_NOW": f"{front.shop.running.url}/_sandbox/clock",
            "PORTSIDE_RETURN_URL": "https://app.example/billing",
            "PORTSIDE_STRIPE_API_BASE": front.shop.running.url,
            "STRIPE_API_KEY": "rk_test_cli",
        }
        listed = portside("link", customer, "--format", "json", **environment).json
        by_flow = {choice["flow"]: choice for choice in listed["choices"]}
        assert listed["situation"].startswith("Starter, renewing on ")
        assert by_flow["home"]["recommended"]
        assert by_flow["checkout"]["code"] == "already_subscribed"
        assert by_flow["subscription_cancel"]["coupons"] == ["STAY20"]
        keeps = "A cancellation keeps access until the period ends."
        assert by_flow["subscription_cancel"]["note"] == keeps
        assert by_flow["subscription_update"]["note"].startswith("Downgrades take effect at once.")
        assert "The catalogue says otherwise" in by_flow["subscription_update"]["note"]

        why = ("--reason", "Asked on the phone", "--format", "json")
        cancel = ("subscription_cancel", "--coupon", "STAY20", "--subscription", subscription)
        minted = portside("link", customer, *cancel, *why, **environment).json
        assert minted["note"] == keeps
        assert minted["url"].startswith(f"{front.shop.running.url}/p/session/")
        session = front.shop.running.sandbox.find("billing_portal.session", customer=customer)[0]
        offer = session["flow"]["subscription_cancel"]["retention"]["coupon_offer"]
        assert offer == {"coupon": "STAY20"}

        start = ("checkout", "--plan", "pro_monthly", "--trial-days", "14", "--reason", "New")
        ran = portside("link", fresh, *start, **environment)
        assert ran.out.strip().startswith(f"{front.shop.running.url}/c/pay/")
        assert "It opens until" in ran.err

        plain = portside("link", customer, *cancel, "--reason", "Asked", **environment)
        assert keeps in plain.err
        refused = portside("link", customer, "renew", "--reason", "Asked", **environment)
        assert (refused.code, refused.out) == (1, "")
        assert "nothing to renew" in refused.err


def test_a_link_without_a_reason_is_wrong_usage(portside: Run) -> None:
    ran = portside("link", "cus_1", "home")
    assert (ran.code, "--reason" in ran.err, "Traceback" in ran.err) == (2, True, False)
