"""Two receivers and two dashboards behind nginx, as deploy/compose.yaml has them."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import ssl
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import psycopg

from lib.billing.stripe.signature import sign
from lib.sandbox.testing import running_sandbox
from tests.chromium import ARGUMENTS, chromium
from tests.sandbox.worlds import NOW

from .crash import lives, undisturbed
from .ground import dump, postgres, same
from .machine import DEPLOY, Part, Proxy, free_port
from .processes import ROOT
from .proof import Disproved, Figures, holds
from .serving import SECRET, Sender, installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROXY_SECRET: Final = "what-only-the-proxy-knows-0123456789"
STAFF: Final = "ops@example.com"
BUSINESS: Final = f"""
[roles]
admin = ["{STAFF}"]

[sign_in.headers]
email = "X-Forwarded-Email"
secret = "X-Portside-Proxy-Secret"
"""
PAGES: Final = ("Overview", "Winding down", "Invoices")
FEWEST_BROWSERS: Final = 6
MOST_BROWSERS: Final = 30
"""Each goes where its cookie sends it: that so many all go to one place is left to no chance."""


def deployed(scale: int) -> Figures:
    """``scale`` deliveries through the proxy while a receiver dies; pages in a browser after it."""
    if shutil.which("nginx") is None:
        return {"nginx": "is not installed here"}
    with _standing() as stood:
        figures = stood.takes_deliveries(scale)
        figures |= stood.refuses()
        figures |= stood.shows_pages()
    return figures


@contextmanager
def _standing() -> Iterator[_Standing]:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="pside-d-")))
        (folder / "portside.toml").write_text(BUSINESS)
        (folder / ".streamlit").mkdir()
        shutil.copy(ROOT / ".streamlit" / "config.toml", folder / ".streamlit")
        stripe = held.enter_context(running_sandbox(now=NOW))
        database = postgres().empty()
        given = {
            "database": database,
            "STRIPE_API_KEY": "rk_test_deployed",
            "STRIPE_WEBHOOK_SECRET": f"whsec_the_next_one,{SECRET}",
            "PORTSIDE_RETURN_URL": "https://localhost/return",
            "PORTSIDE_RETURN_KEY": "k" * 64,
            "PORTSIDE_API_TOKEN": "",
            "PORTSIDE_PROXY_SECRET": PROXY_SECRET,
            "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
            "PORTSIDE_CONFIG": str(folder / "portside.toml"),
            "PORTSIDE_STRIPE_API_BASE": stripe.url,
            "FORWARDED_ALLOW_IPS": "127.0.0.1",
        }
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as owner:
            # What the database's container makes of POSTGRES_USER.
            if not owner.execute("SELECT FROM pg_roles WHERE rolname = 'portside'").fetchall():
                owner.execute("CREATE ROLE portside LOGIN SUPERUSER")
        upgrade = Part("upgrade", given, folder)
        upgrade.start()
        upgrade.finish()
        names = ("receiver1", "receiver2", "dashboard1", "dashboard2")
        parts = {name: Part(name, given, folder, free_port()) for name in names}
        for part in parts.values():
            part.start()
            held.callback(part.end)
        for name, part in parts.items():
            part.wait_until("/readyz" if name.startswith("receiver") else "/_stcore/health")
        ports = free_port(), free_port()
        proxy = Proxy(folder, _sites(parts, *ports))
        proxy.start()
        held.callback(proxy.end)
        yield _Standing(database, parts, proxy, *ports)


def _sites(parts: dict[str, Part], dashboard: int, receiver: int) -> dict[str, str]:
    upstreams = (DEPLOY / "nginx" / "site" / "upstreams.conf").read_text("utf-8")
    for name, part in parts.items():
        upstreams = re.sub(rf"{name}:\d+", f"127.0.0.1:{part.port}", upstreams)
    return {
        "upstreams": upstreams,
        "listen-dashboard": f"listen 127.0.0.1:{dashboard} ssl http2;\nserver_name localhost;\n",
        "listen-receiver": f"listen 127.0.0.1:{receiver} ssl http2;\nserver_name localhost;\n",
        # Where oauth2-proxy would say who it is.
        "sign-in": f'proxy_set_header X-Forwarded-Email "{STAFF}";\n'
        f'proxy_set_header X-Portside-Proxy-Secret "{PROXY_SECRET}";\n',
    }


class _Standing:
    def __init__(
        self, database: str, parts: dict[str, Part], proxy: Proxy, dashboard: int, receiver: int
    ) -> None:
        self._database = database
        self._parts = parts
        self._proxy = proxy
        self._staff = f"https://localhost:{dashboard}"
        self._public = f"https://localhost:{receiver}"
        self._trust = ssl.create_default_context(cafile=str(proxy.authority))

    def takes_deliveries(self, scale: int) -> Figures:
        sender = Sender(self._public, islice(lives(11), scale), 11, verify=self._trust)
        sender.start()
        try:
            victim = self._parts["receiver2"]
            deaths = 0
            for _ in range(max(1, scale // 1_000)):
                time.sleep(random.Random(deaths).uniform(0.5, 1.5))
                victim.end(signal.SIGKILL)
                deaths += 1
                victim.start()
                victim.wait_until("/readyz")
            sender.finish()
        finally:
            sender.give_up()
        installed = installation(self._database)
        try:
            found = dump(installed.store)
        finally:
            installed.close()
        expected, _ = undisturbed(sender.sent.values())
        same(found, expected, "through the proxy, against an undisturbed run")
        holds(sender.acknowledged == sender.sent.keys(), "deliveries were not acknowledged")
        said = Counter(
            found[1] for found in re.finditer(r'"POST /webhooks/stripe" (\d+)', self._log)
        )
        return {
            "deliveries through nginx": sender.counts["deliveries"],
            "kills of a receiver": deaths,
            "answers other than 200": sum(said.values()) - said["200"],
            "events lost": 0,
            "differing rows": 0,
        }

    def refuses(self) -> Figures:
        """What the proxy and the receivers keep from the world."""
        refused = 0
        with httpx.Client(base_url=self._public, verify=self._trust, timeout=30) as world:
            for path in ("/metrics", "/readyz", "/nothing"):
                holds(world.get(path).status_code == 404, f"{path} is not for the world")
                refused += 1
            body = json.dumps({"id": "evt_x", "object": "event"}).encode()
            asked = {
                "too large": (b" " * 1_100_000, sign(b"x", SECRET, int(time.time())), 413),
                "signed wrongly": (body, sign(body, "whsec_wrong", int(time.time())), 400),
            }
            for what, (content, header, status) in asked.items():
                answer = world.post(
                    "/webhooks/stripe", content=content, headers={"Stripe-Signature": header}
                )
                holds(answer.status_code == status, f"{what}: {answer.status_code}")
                refused += 1
            answer = world.get("/healthz")
            holds("default-src 'none'" in answer.headers["content-security-policy"], "no policy")
            holds("strict-transport-security" in answer.headers, "no strict transport")
            holds(answer.http_version == "HTTP/1.1", answer.http_version)
        direct = httpx.get(f"http://127.0.0.1:{self._parts['dashboard1'].port}/", timeout=30)
        holds(direct.status_code == 403, "a dashboard answers who does not come by the proxy")
        return {"requests refused as they should be": refused + 1}

    def shows_pages(self) -> Figures:
        with httpx.Client(base_url=self._staff, verify=self._trust, timeout=60) as browser:
            first = browser.get("/")
            holds(first.headers["content-encoding"] == "gzip", "pages are not compressed")
            holds("secure" in first.headers["set-cookie"].lower(), "a cookie without Secure")
            holds("frame-ancestors 'none'" in first.headers["content-security-policy"], "policy")
        places = self._places()
        holds(len(set(places)) == 2, f"all {len(places)} browsers were sent to {places[0]}")
        seen = self._browsed()
        return {
            "browsers": len(places),
            "dashboards that they were spread over": len(set(places)),
            "pages opened in Chromium": seen,
            "a dashboard killed under an open page": "the page came back at the other",
        }

    def _places(self) -> list[str]:
        """Where each browser ends up, until two places were seen; raises Disproved when one of
        them changes places."""
        places: list[str] = []
        while len(places) < FEWEST_BROWSERS or (
            len(set(places)) < 2 and len(places) < MOST_BROWSERS
        ):
            before = len(self._log)
            with httpx.Client(base_url=self._staff, verify=self._trust, timeout=60) as browser:
                for _ in range(4):
                    browser.get("/_stcore/health")
            time.sleep(0.2)
            own = set(re.findall(r'"GET /_stcore/health" 200 .* (\S+)$', self._log[before:], re.M))
            holds(len(own) == 1, f"one browser was sent to {own}")
            places += own
        return places

    def _browsed(self) -> int:
        from playwright.sync_api import expect, sync_playwright

        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page = browser.new_context(ignore_https_errors=True).new_page()
            wrong: list[str] = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(self._staff)
            self._comes(page)
            for name in PAGES:
                page.get_by_role("link", name=name).first.click(timeout=90_000)
                expect(page).to_have_title(f"{name} · Portside", timeout=90_000)
                expect(page.get_by_test_id("stApp")).to_have_attribute(
                    "data-test-script-state", "notRunning", timeout=90_000
                )
            at = re.findall(r'"GET /_stcore/stream" 101 .* (\S+)$', self._log, re.M)
            before = page.context.cookies()
            self._kill_where(page.url, before)
            page.reload(timeout=90_000)
            expect(page).to_have_title(f"{PAGES[-1]} · Portside", timeout=120_000)
            expect(page.get_by_role("heading", name=PAGES[-1]).first).to_be_visible(timeout=120_000)
            browser.close()
        holds(not wrong, f"the browser complained: {wrong[:2]} {at[:1]}")
        return len(PAGES) + 1

    def _comes(self, page: Page) -> None:
        """Raise Disproved with what is there instead when no page comes."""
        from playwright.sync_api import Error

        try:
            page.get_by_role("link", name=PAGES[0]).first.wait_for(timeout=120_000)
        except Error:
            said = page.locator("body").inner_text()[:400]
            raise Disproved(f"No page comes: {said!r}. {self._log[-1_200:]}") from None

    def _kill_where(self, _url: str, cookies: object) -> None:
        """End the dashboard that holds the page."""
        kept = {c["name"]: c["value"] for c in cookies}  # type: ignore[attr-defined]
        with httpx.Client(base_url=self._staff, verify=self._trust, cookies=kept) as same_browser:
            before = len(self._log)
            same_browser.get("/_stcore/health")
            time.sleep(0.2)
        found = re.findall(r"127\.0\.0\.1:(\d+)$", self._log[before:], re.M)
        part = next(p for p in self._parts.values() if str(p.port) in found)
        part.end(signal.SIGKILL)

    @property
    def _log(self) -> str:
        return self._proxy.log.read_text()
