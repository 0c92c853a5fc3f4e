"""What a role may not see is not sent, and behind a proxy nobody is believed without its proof.

A real server over two companies that differ only in what a role must not learn: if it is sent
anything at all that depends on it, the two visits differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from dashboard import navigation
from lib.billing import Permission, Role
from lib.billing.demo.processes import Child, free_port, python, wait_for
from lib.billing.domain.permissions import GRANTS
from tests.pages.conftest import ROOT
from tests.pages.wire import sent

SECRET = "a secret that only the proxy knows"
TOML = """
[sign_in.headers]
email = "X-Forwarded-Email"
groups = "X-Forwarded-Groups"
secret = "X-Portside-Proxy-Secret"
peers = ["127.0.0.1"]
sign_out = "/oauth2/sign_out"
"""
QUERIES = {"customer": "customer=cus_0001", "plans": "view=Prices"}
HIDDEN = {"money": {Permission.TOTALS}, "staff": {Permission.LINKS, Permission.NOTES}}
"""World -> the rights of which one is needed to tell it from the plain one."""


@dataclass
class Proxied:
    url: str
    world: Path
    log: Path
    _plain: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)

    def plain(self, page: str, group: str) -> list[bytes]:
        """Of a visit that is made once, whatever it is compared with."""
        if (page, group) not in self._plain:
            self._plain[page, group] = self.visit(page, group)
        return self._plain[page, group]

    def visit(
        self, page: str, group: str, world: str = "plain", query: str | None = None
    ) -> list[bytes]:
        self.world.write_text(world)
        query = QUERIES.get(page, "") if query is None else query
        return sent(self.url, named(group), page, query)


def named(group: str, **over: str) -> dict[str, str]:
    """What the proxy says of a member of ``group``."""
    return {
        "X-Forwarded-Email": f"{group}@example.com",
        "X-Forwarded-Groups": f"staff,{group}",
        "X-Portside-Proxy-Secret": SECRET,
    } | over


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    directory = tmp_path_factory.mktemp("proxied")
    (directory / "portside.toml").write_text(TOML)
    world, log = directory / "world", directory / "dashboard.log"
    world.write_text("plain")
    port = free_port(0)
    entry = str(ROOT / "dashboard" / "asgi.py")
    child = Child.start(
        "dashboard",
        python("-m", "tests.pages.over_fake", str(world), entry, "--server.port", str(port)),
        log,
        {
            "PYTHONPATH": str(ROOT),
            "PORTSIDE_DEMO_SIGN_IN": "",
            "PORTSIDE_CONFIG": str(directory / "portside.toml"),
            "PORTSIDE_PROXY_SECRET": SECRET,
            "FORWARDED_ALLOW_IPS": "",
        },
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", child, seconds=180)
        yield Proxied(f"http://127.0.0.1:{port}", world, log)
    finally:
        child.stop()
    assert "Traceback" not in log.read_text()
    assert SECRET not in log.read_text()


@pytest.mark.parametrize("world", sorted(HIDDEN))
@pytest.mark.parametrize("role", [*(role.value for role in Role), "stranger"])
def test_what_a_role_may_not_see_is_not_sent(proxied: Proxied, role: str, world: str) -> None:
    granted = GRANTS[Role(role)] if role != "stranger" else frozenset()
    differ = (
        row.slug
        for row in navigation.PAGES
        if proxied.plain(row.slug, role) != proxied.visit(row.slug, role, world)
    )
    if granted & HIDDEN[world]:
        assert any(differ)  # else the two companies do not differ at all
    else:
        assert set(differ) == set()


@pytest.mark.parametrize("view", ["Pricing+tables", "Features", "Prices", "Check", "Impact"])
@pytest.mark.parametrize(("role", "told"), [("support", False), ("finance", True)])
def test_no_tab_of_plans_tells_support_how_many_hold_what(
    proxied: Proxied, role: str, told: bool, view: str
) -> None:
    plain = proxied.visit("plans", role, query=f"view={view}")
    money = proxied.visit("plans", role, "money", query=f"view={view}")
    assert (plain != money) is (told and view in ("Prices", "Check"))


def test_a_page_of_another_role_is_named_and_nothing_more(proxied: Proxied) -> None:
    for row in navigation.PAGES:
        if row.permission not in GRANTS[Role.SUPPORT]:
            told = b"".join(proxied.visit(row.slug, "support"))
            assert b"Not for your role" in told
            assert row.question.encode() not in told


def test_a_stranger_is_told_who_they_are_and_whom_to_ask(proxied: Proxied) -> None:
    told = b"".join(proxied.visit("overview", "stranger"))
    assert b"No access yet" in told
    assert b"You are signed in as stranger@example.com." in told
    assert b"Ask an administrator of Portside" in told


FORGED = {
    "no proof": {"X-Portside-Proxy-Secret": ""},
    "a guess": {"X-Portside-Proxy-Secret": "guess"},
    "nobody is named": {"X-Forwarded-Email": ""},
    "our own seal, made up": {
        "X-Portside-Proxy-Secret": "",
        "X-Portside-Proven": "x.e30=",
    },
    "the address in two spellings": {"X_Forwarded_Email": "admin@example.com"},
}


@pytest.mark.parametrize("over", FORGED.values(), ids=FORGED.keys())
def test_a_forged_request_is_answered_with_one_sentence(
    proxied: Proxied, over: dict[str, str]
) -> None:
    headers = named("admin") | over
    for path in ("/", "/overview", "/_stcore/host-config"):
        answer = httpx.get(proxied.url + path, headers=headers)
        assert answer.status_code == 403
        assert answer.text.count("\n") == 1
    with pytest.raises(InvalidStatus):
        sent(proxied.url, headers, "overview")


def test_a_doubled_header_is_refused_and_the_health_check_tells_nothing(proxied: Proxied) -> None:
    twice = [*named("support").items(), ("X-Forwarded-Email", "admin@example.com")]
    assert httpx.get(proxied.url, headers=twice).status_code == 403
    with pytest.raises(InvalidStatus):
        sent(proxied.url, twice, "overview")
    assert httpx.get(f"{proxied.url}/_stcore/health").text == "ok"
    assert httpx.get(proxied.url, headers=named("support")).status_code == 200
