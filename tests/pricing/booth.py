"""A shop with a pricing page, asked over real HTTP the way browsers and products do."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import text

from lib.billing.api.parts import Api
from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.linking.crowd import Crowd
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import RateLimit
from lib.billing.settings.api_tokens import read_api_tokens
from lib.billing.settings.pricing import PricingPolicy
from lib.billing.settings.setup import Setup
from lib.billing.store import audit
from lib.billing.store.engine import Store
from tests.api.product import TOKENS, WRITES
from tests.http.serving import pricing_desk, receiver
from tests.links.shopfront import Front, open_front
from tests.store.company import START

MAY = ["org:read:members", "org:write:billing"]
KEY = "k" * 32
BACK = "https://billing.example/return"

CATALOG_TEXT = """
default_plan = "free"
[features.api]
name = "API access"
[plans.free]
name = "Free"
bullets = ["One seat"]
[plans.starter]
name = "Starter"
rank = 10
features = ["api"]
cta = "Start"
bullets = ["Three seats"]
[[plans.starter.prices]]
lookup_key = "starter_monthly"
interval = "month"
amount = 1000
[plans.pro]
name = "Pro"
rank = 20
features = ["api"]
highlight = "Most popular"
bullets = ["Everything in Starter, plus:", "Ten seats"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 3000
[plans.draft]
name = "Draft plan"
rank = 30
published = false
[[plans.draft.prices]]
lookup_key = "draft_monthly"
interval = "month"
amount = 1
[tables.main]
group = "core"
state = "live"
default = true
[tables.later]
group = "core"
[tables.members]
group = "core"
state = "live"
hidden_at_sign_up = true
features_heading = "In every plan"
[translations.de.plans.pro]
name = "Profi"
"""
CATALOG = parse_catalog(CATALOG_TEXT)


@dataclass
class Booth:
    front: Front
    client: httpx.Client

    def page(self, path: str = "/pricing/main", status: int = 200, **headers: str) -> Page:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return Page(answer)

    def start(self, lookup_key: str, table: str = "main", **given: Any) -> httpx.Response:
        headers = given.pop("headers", {"Sec-Fetch-Site": "same-origin"})
        form = {"lookup_key": lookup_key, **given}
        return self.client.post(f"/pricing/{table}/start", data=form, headers=headers)

    def ask(self, *, secret: str = WRITES, **body: Any) -> httpx.Response:
        asked = {"member": "mem_1", "permissions": MAY} | body
        headers = {"Authorization": f"Bearer {secret}"}
        return self.client.post("/v1/pricing-links", json=asked, headers=headers)

    def token(self, **body: Any) -> str:
        answer = self.ask(**body)
        assert answer.status_code == 201, answer.text
        return parse_qs(urlsplit(answer.json()["url"]).query)["t"][0]

    def subscriber(self, *prices: str, **params: Any) -> tuple[str, str]:
        """(customer id, organization)."""
        org = f"org_{secrets.token_hex(4)}"
        shop = self.front.shop
        made = shop.customer(email=f"{org}@example.com", metadata={"org_id": org})
        if prices:
            shop.subscription(made, *prices, **params)
        self.front.deliver()
        return made, org

    def sessions(self, kind: str = "checkout.session", **like: Any) -> list[dict[str, Any]]:
        return self.front.shop.running.sandbox.find(kind, **like)

    def kept(self) -> list[audit.AuditRow]:
        """The audit's rows of the newest link."""
        with self.front.store.reading() as connection:
            query = "SELECT link_id FROM audit WHERE link_id IS NOT NULL ORDER BY audit_id DESC"
            last = connection.execute(text(f"{query} LIMIT 1")).scalar_one()
            return audit.of_link(connection, last)


class Page:
    """What somebody sees."""

    def __init__(self, answer: httpx.Response) -> None:
        self.headers = answer.headers
        self.html = answer.text

    @property
    def text(self) -> str:
        body = re.sub(r"<head>.*?</head>", "", self.html, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def cards(self) -> dict[str, str]:
        """Plan's name -> the HTML of its card."""
        found = re.findall(
            r'<li class="card[ "].*?(?=<li class="card[ "]|$)', self.html, flags=re.S
        )
        return {unescape(re.findall(r"<h2>(.*?)</h2>", card)[0]): card for card in found}

    @property
    def buttons(self) -> dict[str, str]:
        """Plan's name -> what its button says; "(off)" behind one that cannot be pressed."""
        told = {}
        for name, card in self.cards.items():
            for tag, label in re.findall(r'<(?:button|a) class="button"([^>]*)>(.*?)</', card):
                shown = unescape(re.sub(r"<span.*", "", label)).strip()
                told[name] = f"{shown} (off)" if "disabled" in tag else shown
        return told


@contextmanager
def booth(
    store: Store,
    catalog: Catalog = CATALOG,
    policy: PricingPolicy | None = None,
    *,
    limit: RateLimit | None = None,
    crowd: Crowd | None = None,
    gateway: Any = None,
    keys: tuple[str, ...] = (KEY,),
) -> Iterator[Booth]:
    """``gateway``: a function of the real one that gives another."""
    with open_front(store, catalog) as front:
        setup = Setup(catalog=catalog, pricing=policy or PricingPolicy())
        front.setup = setup
        used = gateway(front.gateway) if gateway else front.gateway
        desk = pricing_desk(
            store,
            setup,
            front.now,
            maker=LinkMaker(used, return_url=BACK),
            keys=keys,
            return_url=BACK,
            checkout_base=front.shop.running.url,
            limit=limit,
            crowd=crowd,
        )
        api = Api(read_api_tokens(TOKENS), None, None, desk)
        with receiver(store, setup=setup, clock=front.now, api=api, desk=desk) as sender:
            yield Booth(front, sender.client)


@contextmanager
def quiet(store: Store, catalog: Catalog, **policy: Any) -> Iterator[Booth]:
    """Only the page, without a Stripe behind it."""
    setup = Setup(catalog=catalog, pricing=replace(PricingPolicy(), **policy))
    desk = pricing_desk(store, setup, lambda: START, keys=(KEY,))
    with receiver(store, setup=setup, desk=desk) as sender:
        yield Booth(None, sender.client)  # type: ignore[arg-type]  # nothing here asks the shop


__all__ = ["BACK", "CATALOG", "CATALOG_TEXT", "KEY", "MAY", "Booth", "booth", "quiet"]
