"""A company on its first day: an empty local Stripe, and the receiver. No dashboard, no world."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from lib.billing.demo.processes import Child, free_port, python, wait_for
from tests.browser.acting import KEY, Stripe
from tests.cli.conftest import Warm

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "secret-of-the-first-day"


@dataclass
class EmptyShop:
    """``environment``: what every part is configured with. ``warm``: runs commands."""

    directory: Path
    stripe_url: str
    url: str
    environment: dict[str, str]
    warm: Warm
    children: list[Child] = field(default_factory=list)

    def runs(self, *arguments: str) -> str:
        """A command of `portside`, which ends well; what it said."""
        done = self.warm.run(arguments, "", self.directory, os.environ | self.environment)
        assert done.code == 0, done.out + done.err
        return done.out + done.err

    def enabled(self, name: str, flag: str) -> bool:
        """What the product is answered."""
        answer = httpx.get(
            f"{self.url}/v1/entitlements/{name}/features/{flag}",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        return answer.status_code == 200 and bool(answer.json()["enabled"])

    def starts(self, name: str, *arguments: str) -> Child:
        log = self.directory / f"{name}.log"
        child = Child.start(name, python(*arguments), log, self.environment)
        self.children.append(child)
        return child


@contextmanager
def empty_shop(directory: Path, catalog: Path, business: str = "") -> Iterator[EmptyShop]:
    """``business``: the text of portside.toml."""
    stripe, receiver = free_port(0), free_port(0)
    (directory / "portside.toml").write_text(f"reconcile_hours = 0\n{business}", encoding="utf-8")
    warm = Warm()  # it imports while the others start
    base, url = f"http://127.0.0.1:{stripe}", f"http://127.0.0.1:{receiver}"
    shop = EmptyShop(
        directory,
        base,
        url,
        {
            "PORTSIDE_DATABASE_URL": f"sqlite:///{directory / 'portside.db'}",
            "PORTSIDE_STRIPE_API_BASE": base,
            "PORTSIDE_NOW": f"{base}/_sandbox/clock",
            "PORTSIDE_CATALOG": str(catalog),
            "PORTSIDE_CONFIG": str(directory / "portside.toml"),
            "PORTSIDE_RETURN_URL": f"{url}/return",
            "PORTSIDE_RETURN_KEY": secrets.token_hex(32),
            "PORTSIDE_API_TOKEN": f"shop/read:entitlements+write:portal-sessions={TOKEN}",
            "STRIPE_API_KEY": KEY,
        },
        warm,
    )
    with ExitStack() as ends:
        ends.callback(warm.close)
        ends.callback(lambda: [child.stop() for child in reversed(shop.children)])
        sandbox = shop.starts("sandbox", "-m", "lib.sandbox", "--port", str(stripe), "--empty")
        wait_for(f"{base}/_sandbox/health", sandbox, seconds=60)
        with Stripe(base) as api:
            made = api.post(
                "/v1/webhook_endpoints",
                **{"url": f"{url}/webhooks/stripe", "enabled_events[0]": "*"},
            )
        shop.environment["STRIPE_WEBHOOK_SECRET"] = made["secret"]
        serving = shop.starts("receiver", "-m", "lib.billing.cli", "serve", "--port", str(receiver))
        wait_for(f"{url}/readyz", serving, seconds=60)
        yield shop
