"""An identity provider on this machine, and a dashboard that signs people in there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from lib.billing.demo.processes import Child, free_port, python, wait_for
from tests.browser.acting import PATIENCE, Dashboard

ROOT = Path(__file__).resolve().parents[2]
NAMED = """
[roles]
admin = ["root@example.com"]
[groups]
support = ["helpdesk"]
founder = ["board"]
[sign_in]
ask = "the billing team, billing@example.com"
"""


@dataclass
class Company:
    """A dashboard on ``url`` whose staff sign in at ``provider_url``."""

    url: str
    provider_url: str
    ahead: Path

    def knows(self, sub: str, **claims: Any) -> None:
        """The provider has an account ``sub``, and says this of it."""
        answer = httpx.put(f"{self.provider_url}/users/{sub}", json=claims)
        assert answer.status_code == 204

    def moves_clock(self, hours: float) -> None:
        """The dashboard judges sign-ins as if it were so much later."""
        self.ahead.write_text(str(hours * 3_600))


@contextlib.contextmanager
def company(directory: Path, environment: dict[str, str]) -> Iterator[Company]:
    """Both processes; the dashboard shows what ``environment`` names."""
    settings = directory / ".streamlit"
    settings.mkdir()
    provider, own = free_port(0), free_port(0)
    url, provider_url = f"http://localhost:{own}", f"http://localhost:{provider}"
    (settings / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "{url}/oauth2callback"\ncookie_secret = "{"s" * 32}"\n'
        '[auth.acme]\nclient_id = "portside"\nclient_secret = "hush"\n'
        f'server_metadata_url = "{provider_url}/.well-known/openid-configuration"\n'
    )
    (directory / "portside.toml").write_text(NAMED)
    ahead = directory / "ahead"
    ahead.write_text("0")
    command = ["-m", "oidc_provider_mock", "--port", str(provider)]
    children = [Child.start("provider", python(*command), directory / "provider.log", {})]
    try:
        command = ["-m", "tests.browser.with_clock", str(ahead)]
        command += [str(ROOT / "dashboard" / "asgi.py"), "--server.port", str(own)]
        with contextlib.chdir(directory):  # where its secrets are
            children.append(
                Child.start(
                    "dashboard",
                    python(*command),
                    directory / "dashboard.log",
                    environment
                    | {
                        "PYTHONPATH": str(ROOT),
                        "PORTSIDE_DEMO_SIGN_IN": "",
                        "PORTSIDE_CONFIG": str(directory / "portside.toml"),
                    },
                )
            )
        wait_for(f"{provider_url}/.well-known/openid-configuration", children[0], seconds=180)
        wait_for(f"{url}/_stcore/health", children[1], seconds=180)
        yield Company(url, provider_url, ahead)
    finally:
        for child in children:
            child.stop()
    assert "Traceback" not in (directory / "dashboard.log").read_text()


class Person(Dashboard):
    """Somebody who signs in at the provider."""

    def __init__(self, page: Page, company: Company) -> None:
        super().__init__(page, company.url)
        # The provider's page would load a style sheet from elsewhere.
        page.context.route(re.compile(r"^https://"), lambda route: route.abort())

    def signs_in_as(self, sub: str) -> None:
        """From wherever the button is, to wherever it leads."""
        self.page.get_by_role("button", name=re.compile("^Sign in")).first.click()
        self.page.get_by_placeholder("sub").fill(sub)
        self.page.get_by_role("button", name="Authorize").click()
        self.settles()

    def signs_out(self) -> None:
        """Here and at the provider."""
        self.page.locator(".st-key-person button").click()
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("button", name="End session").click()
        expect(self.page.get_by_role("button", name="Sign in with Acme")).to_be_visible(
            timeout=PATIENCE
        )
