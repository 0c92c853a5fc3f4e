"""A local Stripe full of customers, one of every shape that the guards tell apart."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.flow_matrix import COLLECTIONS, ENDINGS, ITEMS, STATUSES
from lib.billing.domain.fold import Rules
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.portal import PortalConfiguration
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.gateway import Gateway
from lib.sandbox.billing import customers, payments, prices, products, schedules, subscriptions
from lib.sandbox.core import Sandbox
from lib.sandbox.portal import configurations
from lib.sandbox.testing import RunningSandbox, running_sandbox

from .ground import empty_memory

NOW = 1_790_000_000
RETURN_URL = "https://app.example/billing"
SCHEDULES = ("none", "a phase to come", "no phase to come")
MODES = ("flexible", "classic")
CATALOG = parse_catalog(
    """
default_plan = "free"
[plans.basic]
rank = 10
[[plans.basic.prices]]
lookup_key = "basic_monthly"
[plans.pro]
rank = 20
[[plans.pro.prices]]
lookup_key = "pro_monthly"
"""
)


@dataclass(frozen=True)
class Case:
    """What is particular about one customer's subscription; status "none": there is none."""

    status: str
    ending: str
    items: str
    collection: str
    schedule: str
    mode: str

    def __str__(self) -> str:
        parts = (self.status, self.ending, self.items, self.collection, self.schedule, self.mode)
        return " · ".join(parts)


def cases(count: int) -> list[Case]:
    """``count`` of all combinations, every status among the first nine; the same each time.

    The billing modes take turns.
    """
    shaped = product(STATUSES[:-1], ENDINGS, ITEMS, COLLECTIONS, SCHEDULES)
    every = [Case(*values, MODES[number % 2]) for number, values in enumerate(shaped)]
    every.append(Case("none", "none", "one", "charge_automatically", "none", "flexible"))
    random.Random(20).shuffle(every)
    seen: defaultdict[str, int] = defaultdict(int)
    rank = {}
    for case in every:
        rank[case] = seen[case.status]
        seen[case.status] += 1
    return sorted(every, key=rank.__getitem__)[:count]


@dataclass(frozen=True)
class World:
    """``customers``: the customer and the subscription of each case."""

    running: RunningSandbox
    gateway: Gateway
    store: Store
    setup: Setup
    prices: dict[str, str]
    configurations: dict[str, PortalConfiguration]
    customers: dict[Case, tuple[str, str | None]]

    def now(self) -> int:
        return self.running.sandbox.now()


@contextmanager
def world(wanted: list[Case]) -> Iterator[World]:
    """The local Stripe over HTTP with these customers, and a projection that has seen them."""
    with empty_memory() as store, running_sandbox(now=NOW, frozen=True) as running:
        sandbox = running.sandbox
        with sandbox.transaction():
            known = _prices(sandbox)
            made = {case: _begin(sandbox, case, known) for case in wanted}
        # Some seconds later, so that no second holds two states of one subscription.
        running.advance(60)
        with sandbox.transaction():
            for case, (_, subscription) in made.items():
                if subscription is not None:
                    _become(sandbox, case, subscription)
            ids = _configurations(sandbox, known)
        gateway = Gateway("rk_test_guards", running.url)
        rules = Rules(catalog=CATALOG, policy=PRESETS["portside"], timezone="UTC")
        ingest = Ingest(store, rules, clock=sandbox.now)
        for page in gateway.list_objects("events"):
            ingest.apply(page.objects, "webhook")
        read = {each.id: each for each in gateway.portal_configurations()}
        found = {name: read[name_id] for name, name_id in ids.items()}
        yield World(running, gateway, store, Setup(catalog=CATALOG), known, found, made)
        gateway.close()


def _prices(sandbox: Sandbox) -> dict[str, str]:
    def price(name: str, amount: int, **recurring: Any) -> str:
        item = products.create(sandbox, {"name": name})["id"]
        given = {"product": item, "unit_amount": amount, "currency": "usd"}
        key = {} if recurring else {"lookup_key": f"{name}_monthly"}
        recurs = {"recurring": {"interval": "month", **recurring}}
        return str(prices.create(sandbox, {**given, **recurs, **key})["id"])

    return {
        "basic": price("basic", 1_000),
        "pro": price("pro", 3_000),
        "metered": price("metered", 5, usage_type="metered"),
    }


def _configurations(sandbox: Sandbox, known: dict[str, str]) -> dict[str, str]:
    """Portal configurations by name; the first is the account's default."""

    def offer(*names: str) -> dict[str, Any]:
        offered = [
            {"product": sandbox.get("price", known[name])["product"], "prices": [known[name]]}
            for name in names
        ]
        return {"enabled": True, "default_allowed_updates": ["price"], "products": offered}

    on: dict[str, Any] = {
        "customer_update": {"enabled": True, "allowed_updates": ["name", "email"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True},
        "subscription_pause": {"enabled": True},
    }
    spelt = {
        "everything on": ({**on, "subscription_update": offer("basic", "pro")}, True),
        "other plans only": ({**on, "subscription_update": offer("basic")}, True),
        "everything off": ({"invoice_history": {"enabled": True}}, False),
    }
    return {
        name: str(
            configurations.create(
                sandbox,
                {
                    "features": features,
                    "default_return_url": RETURN_URL,
                    "login_page": {"enabled": login},
                },
                is_default=name == "everything on",
            )["id"]
        )
        for name, (features, login) in spelt.items()
    }


def _begin(sandbox: Sandbox, case: Case, known: dict[str, str]) -> tuple[str, str | None]:
    number = sandbox.new_id("n")
    customer = customers.create(sandbox, {"email": f"{number}@customer.example", "name": "Ann"})
    customer_id = str(customer["id"])
    method = payments.attach(sandbox, "pm_card_visa", customer_id)["id"]
    customers.set_default_payment_method(sandbox, customer_id, method)
    if case.status == "none":
        return customer_id, None
    names = {"one": ["basic"], "several": ["basic", "pro"], "metered": ["metered"]}[case.items]
    by_invoice = {"collection_method": "send_invoice", "days_until_due": 30}
    subscription = subscriptions.create(
        sandbox,
        {
            "customer": customer_id,
            "items": [{"price": known[name]} for name in names],
            "billing_mode": {"type": case.mode},
            **(by_invoice if case.collection == "send_invoice" else {}),
        },
    )
    return customer_id, str(subscription["id"])


def _become(sandbox: Sandbox, case: Case, subscription_id: str) -> None:
    """Put the subscription into the state that the case asks for, and tell it by an event."""
    if case.schedule != "none":
        _schedule(sandbox, case, subscription_id)
    subscription = sandbox.get("subscription", subscription_id)
    before = sandbox.snapshot(subscription)
    end = subscription["items"]["data"][0]["current_period_end"]
    subscription["status"] = case.status
    subscription["cancel_at"] = end if case.ending in ("cancel_at", "both") else None
    subscription["cancel_at_period_end"] = case.ending in ("boolean", "both")
    if case.status == "trialing":
        subscription["trial_start"], subscription["trial_end"] = sandbox.now(), end
    if case.status in ("canceled", "incomplete_expired"):
        subscription["ended_at"] = sandbox.now()
    sandbox.update(subscription, before, "customer.subscription.updated")


def _schedule(sandbox: Sandbox, case: Case, subscription_id: str) -> None:
    made = schedules.create(sandbox, {"from_subscription": subscription_id})
    if case.schedule == "no phase to come":
        return
    schedule = sandbox.get("subscription_schedule", made["id"])
    now = schedule["phases"][0]
    later = {**now, "start_date": now["end_date"], "end_date": now["end_date"] + 2_592_000}
    before = sandbox.snapshot(schedule)
    schedule["phases"] = [now, later]
    sandbox.update(schedule, before, "subscription_schedule.updated")
