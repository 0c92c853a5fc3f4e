"""Two receivers and a dashboard over one PostgreSQL, each a process that can be killed."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from lib.billing.demo.processes import Child, free_port, python, wait_for
from lib.billing.stripe.signature import sign

from ..ground import Postgres, postgres
from ..processes import ROOT
from ..serving import SECRET, Served, environment
from .asking import TOKEN

NEXT: Final = "whsec_the_next_of_the_proofs"
"""What the webhook's secret is rotated to."""

OTHERS: Final = {"PORTSIDE_API_TOKEN": f"soak/read:entitlements={TOKEN}"}


@dataclass
class Standing:
    """``secret``: with what Stripe signs now."""

    database: str
    server: Postgres
    receivers: tuple[Served, Served]
    dashboard: str
    dashboard_process: int
    folder: Path
    secret: str = SECRET

    def restart_with(self, secrets: str) -> None:
        """One receiver after the other, politely, as the runbook says."""
        for served in self.receivers:
            served.restart(STRIPE_WEBHOOK_SECRET=secrets)

    def signed_with(self, secret: str) -> int:
        """The status of a delivery that ``secret`` has signed."""
        body = json.dumps({"id": "evt_of_yesterday", "object": "event"}).encode()
        header = {"Stripe-Signature": sign(body, secret, int(time.time()))}
        to = f"{self.receivers[0].url}/webhooks/stripe"
        return httpx.post(to, content=body, headers=header, timeout=30).status_code


@contextmanager
def standing(folder: Path) -> Iterator[Standing]:
    server = postgres()
    database = server.database()
    with ExitStack() as held:
        receivers = tuple(
            Served(database, folder / f"receiver{number}.log", **OTHERS) for number in (1, 2)
        )
        for served in receivers:
            served.start()
            held.callback(served.end, signal.SIGTERM)
        port = free_port(0)
        child = Child.start(
            "dashboard",
            python("-m", "lib.billing.cli", "dashboard", "--port", str(port)),
            folder / "dashboard.log",
            environment(database, PORTSIDE_DEMO_SIGN_IN="1", PYTHONPATH=str(ROOT)),
        )
        held.callback(child.stop)
        for served in receivers:
            served.wait_until_ready()
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_stcore/health", child, seconds=240)
        one, two = receivers
        yield Standing(database, server, (one, two), url, child.process.pid, folder)
