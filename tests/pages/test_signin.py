"""Who gets in: the demo's personas on loopback, a provider's people, nobody else."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import navigation, opening, signin
from lib.billing import Permission, Role
from lib.billing.domain.permissions import GRANTS
from tests.pages.conftest import ROOT, Open
from tests.pages.drawn import numbers, tables
from tests.pages.fake_billing import FakeBilling


@pytest.mark.parametrize("slug", [row.slug for row in navigation.PAGES])
def test_nobody_sees_a_page_without_signing_in(open_page: Open, slug: str) -> None:
    app = open_page(slug, None)
    assert [title.value for title in app.title] == ["Portside"]
    assert not tables(app)
    assert not numbers(app)


def test_choosing_a_persona_opens_the_dashboard(open_page: Open) -> None:
    app = open_page("overview", None)
    app.button(key="persona_founder").click().run()
    assert [title.value for title in app.title] == ["Overview"]
    app.button(key="sign_out").click().run()
    assert [title.value for title in app.title] == ["Portside"]


def test_without_any_sign_in_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, desk: FakeBilling
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(signin.DEMO_SWITCH, raising=False)
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=20)
    app.session_state["demo_role"] = "admin"
    app.run()
    assert "No sign-in is configured" in app.warning[0].value
    assert not numbers(app)


@pytest.mark.parametrize(
    ("address", "door"),
    [
        ("127.0.0.1", signin.Method.DEMO),
        ("localhost", signin.Method.DEMO),
        ("::1", signin.Method.DEMO),
        ("0.0.0.0", signin.Method.CLOSED),
        ("192.168.1.20", signin.Method.CLOSED),
        ("dashboard.example.com", signin.Method.CLOSED),
        (None, signin.Method.CLOSED),
    ],
)
def test_the_demo_sign_in_works_on_loopback_only(
    demo: None, monkeypatch: pytest.MonkeyPatch, address: str | None, door: signin.Method
) -> None:
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    assert signin.method() is door
    assert (opening.refusal() is None) is (door is signin.Method.DEMO)


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_shows_what_a_role_may_open_and_keeps_every_address(
    open_page: Open, role: Role
) -> None:
    app = open_page("customer", role.value)
    assert not app.exception
    allowed = [row for row in navigation.PAGES if row.permission in GRANTS[role]]
    assert navigation.first_allowed(_staff(role)) == allowed[0]


def _staff(role: Role):  # type: ignore[no-untyped-def]
    from dashboard.session import Staff

    return Staff("someone@example.com", "Someone", frozenset({role}))


def test_every_page_begins_with_its_guard() -> None:
    for row in navigation.PAGES:
        text = row.file.read_text(encoding="utf-8")
        body = [
            line
            for line in text.splitlines()
            if line and not line.startswith(("import ", "from ", '"""', "#", " ", ")"))
        ]
        assert f"session.guard(Permission.{Permission(row.permission).name})" in body[0]


def test_no_folder_beside_the_entry_script_is_served_around_it() -> None:
    """Streamlit would serve dashboard/pages on a direct request without running the entry."""
    assert not (ROOT / "dashboard" / "pages").exists()
    assert not list(ROOT.glob("*.py"))
