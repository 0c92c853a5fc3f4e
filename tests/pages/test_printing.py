"""Paper out of the dashboard: the button, the address, who gets it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from dashboard import exports, printing, session, signin, tickets
from dashboard.session import Staff
from lib.billing import Permission, PermissionDenied, Printed, Role, SignIn, from_claims
from tests.pages.conftest import Open, everything
from tests.pages.fake_billing import FakeBilling
from tests.pages.test_exports import BO, NOON

BRIEF = Printed('cus_1"; x.html', "<!doctype html><title>Ann</title>")


@pytest.fixture
def clock() -> Iterator[list[float]]:
    now = [float(NOON)]
    signin.use(SignIn(), clock=lambda: now[0])
    yield now
    signin.use()


@pytest.fixture
def bo(monkeypatch: pytest.MonkeyPatch, desk: FakeBilling, demo: None, clock: list[float]) -> Staff:
    """Somebody of support, signed in, whoever asks."""
    desk.staffed = {"bo@example.com": frozenset({Role.SUPPORT})}
    staff = Staff("bo@example.com", "Bo", frozenset({Role.SUPPORT}), from_claims(BO, SignIn()))

    def check(permission: Permission) -> Staff:
        if not staff.may(permission):
            raise PermissionDenied("Not for you.")
        return staff

    monkeypatch.setattr(session, "check", check)
    return staff


def ask(address: str, method: str = "GET") -> httpx.Response:
    app = Starlette(routes=[printing.ROUTE, exports.ROUTE])

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, address)

    return asyncio.run(asked())


def test_the_document_is_shown_and_kept_by_nobody_on_the_way(bo: Staff) -> None:
    answer = ask(printing.issue(BRIEF, Permission.CUSTOMERS))
    assert (answer.status_code, answer.text) == (200, BRIEF.html)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'inline; filename="cus_1___x.html"'


def test_an_address_opens_once(bo: Staff) -> None:
    address = printing.issue(BRIEF, Permission.CUSTOMERS)
    assert ask(address, "HEAD").status_code == 405
    assert ask(address).status_code == 200
    assert ask(address).status_code == 410
    assert ask("/print/guessed").status_code == 410


def test_a_key_of_another_kind_of_address_opens_nothing_and_is_used_up(bo: Staff) -> None:
    key = tickets.issue(BRIEF, Permission.CUSTOMERS)
    assert ask(f"/export/{key}").status_code == 410
    assert ask(f"/print/{key}").status_code == 410
    other = tickets.issue("a file", Permission.CUSTOMERS)
    assert ask(f"/print/{other}").status_code == 410


def test_an_address_does_not_last(bo: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "LASTS", -1.0)
    assert ask(printing.issue(BRIEF, Permission.CUSTOMERS)).status_code == 410


def test_what_was_lost_meanwhile_is_noticed(
    bo: Staff, desk: FakeBilling, clock: list[float]
) -> None:
    first, second = (printing.issue(BRIEF, Permission.CUSTOMERS) for _ in range(2))
    desk.staffed = {"bo@example.com": frozenset()}
    assert ask(first).status_code == 403
    clock[0] += 12 * 3_600
    assert ask(second).status_code == 401


def test_no_address_for_what_a_role_may_not_see(bo: Staff) -> None:
    with pytest.raises(PermissionDenied):
        printing.issue(BRIEF, Permission.CUSTOMERS, Permission.MONEY)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_role_prints_the_customer_that_it_looks_at(
    open_page: Open, desk: FakeBilling, role: str
) -> None:
    app = open_page("customer", role, customer="cus_0001")
    assert desk.printed == []
    app.button(key="print_customer").click().run()
    assert not app.exception
    assert [(who, whom) for who, whom, _ in desk.printed] == [(desk.printed[0][0], "cus_0001")]
    assert re.search(r"/print/[\w-]{43}", everything(app))
    assert "/print/" not in everything(app.run())


def test_an_earlier_state_is_not_printed_as_today_s(open_page: Open) -> None:
    app = open_page("customer", "support", customer="cus_0001", at="2026-11-01T00:00:00Z")
    assert "print_customer" not in [button.key for button in app.button]
