"""Files out of the dashboard: the menu, the ticket, the fetch, the audit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from dashboard import exports, session, signin, tickets
from dashboard.session import Staff
from lib.billing import (
    Filters,
    Form,
    Permission,
    PermissionDenied,
    Role,
    SignIn,
    from_claims,
)
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling

NOON = 1_795_316_400
BO = {"is_logged_in": True, "email": "bo@example.com", "iat": NOON, "sub": "bo", "provider": "acme"}


class Fetcher:
    """Asks the route as a browser does."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, *, strict: bool = False) -> httpx.Response:
        app = Starlette(routes=[exports.ROUTE, tickets.ROUTE])
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=strict)

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:8501", cookies=self.cookies
            ) as client:
                return await client.request(method, address)

        return asyncio.run(asked())

    def get(self, address: str) -> httpx.Response:
        return self.ask("GET", address)


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def clock() -> Iterator[list[float]]:
    now = [float(NOON)]
    signin.use(SignIn(), clock=lambda: now[0])
    yield now
    signin.use()


@pytest.fixture
def bo(monkeypatch: pytest.MonkeyPatch, desk: FakeBilling, demo: None, clock: list[float]) -> Staff:
    """A founder, signed in, whoever asks."""
    desk.staffed = {"bo@example.com": frozenset({Role.FOUNDER})}
    staff = Staff("bo@example.com", "Bo", frozenset({Role.FOUNDER}), from_claims(BO, SignIn()))

    def check(permission: Permission) -> Staff:
        if not staff.may(permission):
            raise PermissionDenied("Not for you.")
        return staff

    monkeypatch.setattr(session, "check", check)
    return staff


def told(desk: FakeBilling) -> str:
    return "; ".join(str(detail) for detail in desk.details)


def test_a_ticket_is_a_file_with_its_name_and_kind(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher
) -> None:
    answer = fetcher.get(exports.issue("winding-down", Filters(), Form.CSV))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="winding-down.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.splitlines()[0] == "subscription_id"
    assert len(answer.text.splitlines()) > 25


def test_a_fetch_is_kept_once_with_its_form_and_its_rows(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher
) -> None:
    rows = len(fetcher.get(exports.issue("winding-down", Filters(), Form.CSV)).text.split()) - 1
    assert told(desk) == f"winding-down.csv, {rows} rows"
    assert desk.audited == [("export", "bo@example.com", None)]


def test_an_address_works_once(bo: Staff, desk: FakeBilling, fetcher: Fetcher) -> None:
    address = exports.issue("winding-down", Filters(), Form.CSV)
    assert fetcher.ask("HEAD", address).status_code == 405
    assert fetcher.get(address).status_code == 200
    again = fetcher.get(address)
    assert again.status_code == 410
    assert "subscription" not in again.text


def test_an_address_does_not_last(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "LASTS", -1.0)
    assert fetcher.get(exports.issue("winding-down", Filters(), Form.CSV)).status_code == 410
    assert desk.audited == []


def test_a_guessed_address_is_none(fetcher: Fetcher) -> None:
    assert fetcher.get("/export/guessed").status_code == 410


def test_a_sign_in_that_has_ended_meanwhile_gets_nothing(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher, clock: list[float]
) -> None:
    address = exports.issue("winding-down", Filters(), Form.CSV)
    clock[0] += 12 * 3_600
    assert fetcher.get(address).status_code == 401
    assert desk.audited == []


def test_a_role_that_is_lost_meanwhile_is_noticed(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher
) -> None:
    address = exports.issue("winding-down", Filters(), Form.CSV)
    desk.staffed = {"bo@example.com": frozenset({Role.SUPPORT})}
    assert fetcher.get(address).status_code == 403
    assert desk.audited == []


def test_no_ticket_for_what_a_role_may_not_take(bo: Staff, desk: FakeBilling) -> None:
    with pytest.raises(PermissionDenied):
        exports.issue("audit", Filters(), Form.CSV)


def test_another_browser_gets_nothing(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "method", lambda: signin.Method.PROVIDER)
    address = exports.issue("winding-down", Filters(), Form.CSV)
    fetcher.cookies["_streamlit_user"] = "somebody else"
    assert fetcher.get(address).status_code == 403
    assert desk.audited == []


def test_a_database_that_is_away_is_a_refusal_and_no_empty_file(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher
) -> None:
    address = exports.issue("winding-down", Filters(), Form.CSV)
    desk.away = True
    answer = fetcher.get(address)
    assert answer.status_code == 503
    assert "content-disposition" not in answer.headers
    assert desk.audited == []


@pytest.mark.parametrize(
    ("fate", "status"), [("fine", 200), ("away", 503), ("support", 403)], ids=str
)
def test_the_page_can_ask_what_became_of_it(
    bo: Staff, desk: FakeBilling, fetcher: Fetcher, fate: str, status: int
) -> None:
    address = exports.issue("winding-down", Filters(), Form.CSV)
    asked = address.replace("/export/", "/outcome/")
    assert fetcher.get(asked).text == "0"
    desk.away = fate == "away"
    if fate == "support":
        desk.staffed = {"bo@example.com": frozenset({Role.SUPPORT})}
    fetcher.get(address)
    assert fetcher.get(asked).text == str(status)
    assert fetcher.get("/outcome/guessed").text == "410"


class Breaking(FakeBilling):
    """Writes a megabyte, then something happens."""

    def export_file(self, name: str, narrowing: Any, form: Form, out: Any) -> Any:
        for _ in range(16):
            out.write(b"x" * 65_536)
        raise RuntimeError("the disk is gone")


def test_a_file_that_breaks_off_is_never_whole_and_is_kept_as_broken_off(
    bo: Staff, fetcher: Fetcher
) -> None:
    broken = Breaking()
    broken.staffed = {"bo@example.com": frozenset({Role.FOUNDER})}
    session.use(broken)  # type: ignore[arg-type]
    address = exports.issue("winding-down", Filters(), Form.CSV)
    with pytest.raises(RuntimeError):
        fetcher.ask("GET", address, strict=True)
    assert "broken off by an error" in told(broken)


class Unkept(FakeBilling):
    """Its audit cannot be written."""

    def record_audit(self, staff: str, action: str, **rest: Any) -> None:
        raise RuntimeError("no audit")


def test_no_file_without_an_audit_row(bo: Staff, fetcher: Fetcher) -> None:
    unkept = Unkept()
    unkept.staffed = {"bo@example.com": frozenset({Role.FOUNDER})}
    session.use(unkept)  # type: ignore[arg-type]
    assert fetcher.get(exports.issue("winding-down", Filters(), Form.CSV)).status_code == 503


MENUS = {
    "winding-down": ["winding-down_file"],
    "failed-payments": ["failed-payments_file", "recovery_file"],
    "plan-mix": ["plan-mix_file", "plan-customers_file"],
    "audit": ["audit_file"],
}


@pytest.mark.parametrize("slug", MENUS)
def test_every_list_has_a_menu_of_every_form(open_page: Open, slug: str) -> None:
    app = open_page(slug)
    menus = {menu.proto.id.rsplit("-", 1)[-1]: menu for menu in app.get("menu_button")}
    assert [menu.key for menu in app.get("menu_button")] == MENUS[slug]
    assert all(list(menu.options) == ["CSV", "Excel", "Parquet"] for menu in menus.values())


@pytest.mark.parametrize(
    ("board", "query"),
    [
        ("drift", {}),
        ("gap", {"board": "Gaps"}),
        ("inbox", {"board": "Failed events"}),
        ("outgoing", {"board": "Outgoing"}),
    ],
)
def test_so_has_every_board_of_sync(
    open_page: Open, desk: FakeBilling, board: str, query: dict[str, str]
) -> None:
    desk.drifting, desk.missing, desk.broken, desk.undelivered = 2, 2, 2, 2
    app = open_page("sync", "founder", **query)
    assert [menu.key for menu in app.get("menu_button")] == [f"{board}_file"]


@pytest.mark.parametrize(
    ("role", "offered"), [("support", False), ("finance", True), ("founder", True), ("admin", True)]
)
def test_only_those_who_may_export_get_a_menu(open_page: Open, role: str, offered: bool) -> None:
    app = open_page("winding-down", role)
    assert bool(app.get("menu_button")) is offered
    greyed = [button for button in app.button if button.label == "Download"]
    assert bool(greyed) is not offered
    assert all(button.disabled for button in greyed)


def test_a_choice_lets_the_browser_fetch_the_list_as_it_is_filtered(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "menu_button", lambda *told, **rest: Form.XLSX)
    app = open_page("winding-down", "finance", q="nordlicht")
    address = _fetched(app)
    ticket = tickets._tickets[address.removeprefix("/export/")]
    assert (ticket.what.name, ticket.what.form) == ("winding-down", Form.XLSX)
    assert ticket.what.narrowing.text == "nordlicht"
    assert ticket.staff.email == "finance@demo.invalid"


def _fetched(app: AppTest) -> str:
    """The address that the page lets the browser fetch."""
    assert not app.exception
    found = re.search(r"/export/[\w-]+", "".join(str(each.proto) for each in app.get("html")))
    assert found
    return found.group()
