"""The examples of docs/gating.md run, against the real API and a running sandbox."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from lib.billing.api.parts import Api
from lib.billing.domain.catalog import parse_catalog
from lib.billing.gating import Gate
from lib.billing.linking.sessions import LinkMaker
from lib.billing.self_service import SelfService
from lib.billing.settings.api_tokens import read_api_tokens
from lib.billing.signing import Signer
from lib.billing.store.engine import Store
from tests.api.test_claims import NEW
from tests.http.serving import pricing_desk, receiver, served
from tests.links.shopfront import Front, open_front

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SECRET = "secret-of-the-examples"
CATALOG = parse_catalog(
    """
default_plan = "free"
[features.advanced_analytics]
[plans.starter]
rank = 10
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["advanced_analytics"]
limits = { seats = 10 }
[[plans.pro.prices]]
lookup_key = "pro_monthly"
"""
)
MEMBER = {"X-Member": "mem_1", "X-Permissions": "org:write:billing"}


@contextmanager
def selling(store: Store) -> Iterator[tuple[Front, str]]:
    with open_front(store, CATALOG) as front:
        gate = Gate(store, front.setup, front.now)
        members = SelfService(gate=gate, links=front.desk(), setup=front.setup, clock=front.now)
        tokens = read_api_tokens(f"shop/read:entitlements+write:portal-sessions={SECRET}")
        maker = LinkMaker(front.gateway, return_url="https://app.example/return")
        desk = pricing_desk(
            store,
            front.setup,
            front.now,
            maker=maker,
            keys=("k" * 32,),
            return_url="https://app.example/return",
        )
        api = Api(tokens, Signer((NEW,)), members, desk)
        with receiver(store, setup=front.setup, clock=front.now, api=api) as sender:
            yield front, str(sender.client.base_url)


def organization(front: Front, org: str, *prices: str) -> None:
    made = front.shop.customer(email=f"{org}@example.com", metadata={"org_id": org})
    front.shop.subscription(made, *prices)
    front.deliver()


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # FastAPI looks annotations up there
    spec.loader.exec_module(module)
    return module


def test_fastapi(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with selling(sqlite_store) as (front, url):
        organization(front, "org_pro", "pro")
        organization(front, "org_starter", "basic")
        monkeypatch.setenv("PORTSIDE_URL", url)
        monkeypatch.setenv("PORTSIDE_TOKEN", SECRET)
        with (
            served(loaded("fastapi_product").app) as address,
            httpx.Client(base_url=address, headers=MEMBER) as browser,
        ):
            pro, starter, new = ({"X-Org": f"org_{n}"} for n in ("pro", "starter", "new"))
            assert browser.get("/reports", headers=pro).status_code == 200
            assert browser.get("/reports", headers=starter).status_code == 402
            assert browser.get("/reports", headers=new).status_code == 402
            assert browser.post("/seats/3", headers=pro).json() == {"taken": 4}
            assert browser.post("/seats/3", headers=starter).status_code == 402

            to_portal = browser.post("/billing", headers=pro)
            assert to_portal.status_code == 303
            assert "/p/session/" in to_portal.headers["location"]
            to_checkout = browser.post("/billing", headers=new)
            assert "/c/pay/" in to_checkout.headers["location"]
            denied = browser.post("/billing", headers={**pro, "X-Permissions": "org:read"})
            assert (denied.status_code, "org:write:billing" in denied.text) == (403, True)

            to_prices = browser.post("/upgrade", headers=new)
            assert to_prices.status_code == 303
            assert to_prices.headers["location"].startswith("https://app.example/pricing/core?t=")

            token = browser.post("/session", headers=pro).json()["plan_token"]
            told = browser.get("/plan", headers={"X-Plan-Token": token})
            assert told.json() == {"plan": "pro", "features": ["advanced_analytics"]}
            forged = browser.get("/plan", headers={"X-Plan-Token": f"{token[:-8]}AAAAAAAA"})
            assert forged.status_code == 401


def test_django(sqlite_store: Store) -> None:
    from django.conf import settings
    from django.test import Client

    with selling(sqlite_store) as (front, url):
        organization(front, "org_pro", "pro")
        organization(front, "org_starter", "basic")
        settings.configure(
            PORTSIDE_URL=url,
            PORTSIDE_TOKEN=SECRET,
            ROOT_URLCONF="django_product",
            ALLOWED_HOSTS=["testserver"],
            USE_TZ=True,
        )
        product = loaded("django_product")
        browser = Client()
        pro, starter, new = (MEMBER | {"X-Org": f"org_{n}"} for n in ("pro", "starter", "new"))
        assert browser.get("/reports", headers=pro).status_code == 200
        assert browser.get("/reports", headers=starter).status_code == 402
        to_portal = browser.post("/billing", headers=pro)
        assert (to_portal.status_code, "/p/session/" in to_portal["Location"]) == (303, True)
        assert "no-store" in to_portal["Cache-Control"]
        assert "/c/pay/" in browser.post("/billing", headers=new)["Location"]
        assert browser.post("/billing", headers=pro | {"X-Permissions": ""}).status_code == 403
        assert browser.get("/billing", headers=pro).status_code == 405
        product.portside().close()
