"""A receiver on a real port, in a thread of the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from lib.billing.api.parts import Api
from lib.billing.following import Follower
from lib.billing.gating import Gate
from lib.billing.http import make_app
from lib.billing.ingest import Ingest
from lib.billing.jobs.job import Job
from lib.billing.linking.crowd import Crowd
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk, RateLimit
from lib.billing.pricing import PricingDesk
from lib.billing.self_service import SelfService
from lib.billing.serving.config import server_config
from lib.billing.serving.limits import USUAL, Limits
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.signature import sign
from tests.store.company import CATALOG, START, ingest_into

SECRET = "whsec_of_the_tests"
PATH = "/webhooks/stripe"


@dataclass
class Installed:
    store: Store
    ingest: Ingest
    webhook_secrets: tuple[str, ...] = (SECRET,)
    clock: Callable[[], int] = lambda: START
    jobs: Sequence[Job] = ()
    setup: Setup = field(default_factory=lambda: Setup(catalog=CATALOG))
    return_keys: tuple[str, ...] = ()
    kinde_issuer: str | None = None
    api: Api = field(default_factory=Api)
    follower: Follower[Any] | None = None
    desk: PricingDesk | None = None

    @property
    def pricing(self) -> PricingDesk:
        return self.desk or pricing_desk(self.store, self.setup, self.clock)

    @property
    def gate(self) -> Gate:
        return Gate(self.store, self.setup, self.clock)


def pricing_desk(
    store: Store,
    setup: Setup,
    clock: Callable[[], int],
    *,
    maker: LinkMaker | None = None,
    keys: Sequence[str] = (),
    return_url: str | None = None,
    checkout_base: str | None = None,
    limit: RateLimit | None = None,
    crowd: Crowd | None = None,
) -> PricingDesk:
    """The pricing page's desk as the wiring makes it; without a maker nothing can be started."""
    made = maker or LinkMaker(None, return_url=return_url)
    links = LinkDesk(store=store, clock=clock, setup=setup, maker=made)
    visits = LinkDesk(store=store, clock=clock, setup=setup, maker=made, limit=limit)
    gate = Gate(store, setup, clock)
    members = SelfService(gate=gate, links=links, setup=setup, clock=clock)
    return PricingDesk(
        gate=gate,
        links=links,
        visits=visits,
        members=members,
        setup=setup,
        clock=clock,
        keys=keys,
        return_url=return_url,
        checkout_base=checkout_base,
        crowd=crowd,
    )


@dataclass
class Sender:
    """Delivers events the way Stripe does."""

    client: httpx.Client

    def deliver(
        self, event: Any, *, secret: str = SECRET, at: int | None = None, **headers: str
    ) -> httpx.Response:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        signature = sign(body, secret, int(time.time()) if at is None else at)
        return self.client.post(
            PATH, content=body, headers={"Stripe-Signature": signature, **headers}
        )


@contextmanager
def receiver(store: Store, **over: Any) -> Iterator[Sender]:
    """Serve ``store`` over HTTP until the block ends."""
    livemode, limits = over.pop("livemode", False), over.pop("limits", USUAL)
    installed = Installed(store, ingest_into(store, livemode=livemode), **over)
    with (
        served(make_app(installed), limits) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield Sender(client)


@contextmanager
def served(app: Any, limits: Limits = USUAL) -> Iterator[str]:
    """Serve an ASGI application as `portside serve` does, until the block ends; its address."""
    server = uvicorn.Server(server_config(app, port=0, limits=limits))
    thread = threading.Thread(target=server.run, name="receiver")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
