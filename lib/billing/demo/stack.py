"""Sandbox, receiver and dashboard on free ports, wired to each other over HTTP."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import httpx

from ..config import Settings
from ..domain.permissions import Role
from ..signing import write_new_key
from ..wiring import open_installation
from . import past
from .processes import Child, DemoFailed, free_port, python, wait_for

API_KEY = "rk_test_portside_demo"
API_TOKEN = "portside-demo-token"  # noqa: S105 - everything of the demo listens on loopback
LIVE_SECONDS = 3 * 3_600
"""The world begins this much earlier; the hours until now arrive as webhooks, while they pass."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class DemoOptions:
    """What `portside demo` was asked for. ``now`` freezes the sandbox's world at an ISO time.
    ``kinde``: with a tenant of Kinde's and its few customers beside the local Stripe."""

    directory: Path
    port: int = 8501
    customers: int = 2_000
    months: int = 24
    seed: int = 7
    now: str | None = None
    dashboard: bool = True
    kinde: bool = False


@dataclass
class Stack:
    """The running demo. Use it as a context manager: leaving it ends every process."""

    options: DemoOptions
    progress: Progress = lambda _: None
    children: list[Child] = field(default_factory=list)
    sandbox_url: str = ""
    receiver_url: str = ""
    dashboard_url: str = ""
    secret: str = ""
    kinde: dict[str, str] = field(default_factory=dict, repr=False)
    return_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        self.children.clear()

    def check(self) -> None:
        """Raise DemoFailed when a part has stopped by itself."""
        for child in self.children:
            child.check()

    @property
    def directory(self) -> Path:
        return self.options.directory

    @property
    def environment(self) -> dict[str, str]:
        """What every part of the demo is configured with; another tool may join with the same."""
        return {
            "PORTSIDE_DATABASE_URL": f"sqlite:///{self.directory / 'portside.db'}",
            "PORTSIDE_STRIPE_API_BASE": self.sandbox_url,
            "PORTSIDE_NOW": f"{self.sandbox_url}/_sandbox/clock",
            "PORTSIDE_CATALOG": str(catalog_path()),
            "PORTSIDE_RETURN_URL": f"{self.receiver_url}/return",
            "PORTSIDE_RETURN_KEY": self.return_key,
            "PORTSIDE_DASHBOARD_URL": self.dashboard_url,
            "PORTSIDE_DEMO_SIGN_IN": "1",
            "PORTSIDE_API_TOKEN": f"demo/read:entitlements+write:portal-sessions={API_TOKEN}",
            "PORTSIDE_CLAIM_KEYS": str(self._claim_key),
            "STRIPE_API_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRET": self.secret,
            **self.kinde,
        }

    @property
    def _claim_key(self) -> Path:
        return self.directory / "plan-key.pem"

    def _start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self._claim_key.exists():
            write_new_key(self._claim_key)
        ports = self._ports()
        self.sandbox_url = f"http://127.0.0.1:{ports['sandbox']}"
        self.receiver_url = f"http://127.0.0.1:{ports['receiver']}"
        self.dashboard_url = f"http://127.0.0.1:{ports['dashboard']}"
        self.progress("Starting the local Stripe and building its world")
        self._start_sandbox(ports["sandbox"])
        self.secret = self._register_webhook()
        if self.options.kinde:
            self.kinde = self._tell_kinde(None)
        if self.options.dashboard:
            self._start_dashboard(ports["dashboard"])
        since = self._import_history()
        self.progress("Starting the webhook receiver")
        receiver = self._child(
            "receiver",
            "-m",
            "lib.billing.cli",
            "serve",
            "--port",
            str(ports["receiver"]),
        )
        wait_for(f"{self.receiver_url}/readyz", receiver, seconds=60)
        self._apply_portal()
        if self.options.kinde:
            self._tell_kinde(f"{self.receiver_url}/webhooks/kinde")
        if since is not None:
            self._live_until_now(since)
            self._remember(filled=True)
        if self.options.dashboard:
            self.progress("Waiting for the dashboard")
            dashboard = next(c for c in self.children if c.name == "dashboard")
            wait_for(f"{self.dashboard_url}/_stcore/health", dashboard, seconds=60)

    def _ports(self) -> dict[str, int]:
        """The same ports as last time where they are free: stored invoice pages point there.

        With ``port`` 0 none is preferred, so that stacks started together never want the same one.
        """
        usual = {"sandbox": 12_111, "receiver": 8_000} if self.options.port else {}
        wanted = {"sandbox": 0, "receiver": 0} | usual | self._memory().get("ports", {})
        wanted["dashboard"] = self.options.port
        ports = {name: free_port(port) for name, port in wanted.items()}
        self._remember(ports={name: ports[name] for name in ("sandbox", "receiver")})
        return ports

    def _memory(self) -> dict[str, Any]:
        """What an earlier start left: its ports, and whether it filled the projection."""
        try:
            memory: dict[str, Any] = json.loads((self.directory / "demo.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return memory

    def _remember(self, **facts: Any) -> None:
        (self.directory / "demo.json").write_text(json.dumps(self._memory() | facts))

    def _child(self, name: str, *arguments: str) -> Child:
        child = Child.start(
            name, python(*arguments), self.directory / f"{name}.log", self.environment
        )
        self.children.append(child)
        return child

    def _start_sandbox(self, port: int) -> None:
        options = self.options
        arguments = [
            "-m",
            "lib.sandbox",
            "--port",
            str(port),
            "--dir",
            str(self.directory / "stripe"),
        ]
        arguments += ["--customers", str(options.customers), "--months", str(options.months)]
        arguments += ["--seed", str(options.seed)]
        arguments += ["--now", datetime.fromtimestamp(self._begins(), UTC).isoformat()]
        if options.now:
            arguments += ["--frozen"]
        if options.kinde:
            arguments += ["--kinde"]
        sandbox = self._child("sandbox", *arguments)
        wait_for(f"{self.sandbox_url}/_sandbox/health", sandbox, seconds=120)

    def _start_dashboard(self, port: int) -> None:
        self._child(
            "dashboard",
            "-m",
            "lib.billing.cli",
            "dashboard",
            "--port",
            str(port),
        )

    def _register_webhook(self) -> str:
        """A fresh endpoint for this run, in place of an earlier run's; returns its secret."""
        url = f"{self.receiver_url}/webhooks/stripe"
        with httpx.Client(base_url=self.sandbox_url, auth=(API_KEY, "")) as stripe:
            for endpoint in _answer(stripe.get("/v1/webhook_endpoints?limit=100"))["data"]:
                _answer(stripe.delete(f"/v1/webhook_endpoints/{endpoint['id']}"))
            form = {"url": url, "enabled_events[0]": "*"}
            return str(_answer(stripe.post("/v1/webhook_endpoints", data=form))["secret"])

    def _tell_kinde(self, url: str | None) -> dict[str, str]:
        """Where the tenant's webhooks go; gives what the parts are to be configured with. What
        happened before is delivered too: what arrived already is a repetition."""
        address = f"{self.sandbox_url}/_kinde/control/webhook"
        told = _answer(httpx.post(address, json={"url": url}, timeout=60))
        return {
            "PORTSIDE_KINDE_ISSUER": str(told["issuer"]),
            "PORTSIDE_KINDE_CLIENT_ID": str(told["client_id"]),
            "PORTSIDE_KINDE_CLIENT_SECRET": str(told["client_secret"]),
        }

    def _target(self) -> int:
        """The time at which the demo is handed over."""
        if not self.options.now:
            return int(time.time())
        given = datetime.fromisoformat(self.options.now)
        return int((given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp())

    def _begins(self) -> int:
        """Where a new world begins; one of an earlier start goes on from now."""
        if self._memory().get("filled"):
            return self._target()
        # A start that was interrupted does not go back behind what it has lived through.
        return max(self._target() - LIVE_SECONDS, int(self._memory().get("lived", 0)))

    def _import_history(self) -> int | None:
        """All that happened before this start, in batches; returns when that was.

        None when an earlier start took it in.
        """
        if self._memory().get("filled"):
            self.progress("Using the world of an earlier start")
            return None
        since = past.clock(self.sandbox_url)
        installation = open_installation(Settings.load(os.environ | self.environment))
        bodies = past.bodies(self.sandbox_url, since + 1, self.progress)
        installation.ingest.import_lines(bodies, batch=past.BATCH)
        installation.close()
        return since

    def _live_until_now(self, since: int) -> None:
        for lived, made in past.live(self.sandbox_url, since, self._target(), self.check):
            self._remember(lived=lived)
            self.progress(f"Living through the last hours: {made:,} signed webhooks")

    def _apply_portal(self) -> None:
        """The portal as the catalogue says, so that the demo is managed from its start."""
        installation = open_installation(Settings.load(os.environ | self.environment))
        try:
            installation.portal.apply(staff="demo", roles=frozenset({Role.ADMIN}))
        finally:
            installation.close()


def catalog_path() -> Path:
    """The demo catalogue: beside the checkout, or inside an installed package."""
    packaged = Path(str(files("lib.billing") / "demo" / "catalog.toml"))
    return packaged if packaged.exists() else packaged.parents[3] / "catalog.toml"


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.status_code >= 400:
        raise DemoFailed(f"The local Stripe refused: {response.text[:300]}")
    answer: dict[str, Any] = response.json()
    return answer
