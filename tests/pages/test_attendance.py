"""Coming and going at an identity provider's word: kept once, ended on time, in every tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import attendance, signin
from lib.billing import Role, SignIn
from tests.pages.conftest import ROOT, Open, at_address, everything
from tests.pages.drawn import numbers, tables
from tests.pages.fake_billing import FakeBilling

NOON = 1_795_316_400
AUTH = {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "c" * 32}
BO = {"is_logged_in": True, "email": "bo@example.com", "iat": NOON, "sub": "bo", "provider": "acme"}

Visit = Callable[..., AppTest]


@pytest.fixture
def clock() -> Iterator[list[float]]:
    now = [float(NOON)]
    signin.use(SignIn(ask="the billing team"), clock=lambda: now[0])
    attendance.forget()
    yield now
    signin.use()
    attendance.forget()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, desk: FakeBilling, clock: list[float]) -> Visit:
    """A tab on ``slug`` of somebody with these claims."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(signin.DEMO_SWITCH, raising=False)
    desk.staffed = {"bo@example.com": frozenset({Role.FOUNDER})}

    def opened(slug: str = "winding-down", **claims: Any) -> AppTest:
        app = at_address(slug)
        app.secrets = {"auth": AUTH}
        app.user = {key: value for key, value in (BO | claims).items() if value is not None}
        return app.run()

    return opened


def test_reruns_and_other_tabs_of_one_sign_in_are_kept_once(
    visit: Visit, desk: FakeBilling
) -> None:
    visit().run()
    visit("overview")
    assert desk.audited == [("sign_in", "bo@example.com", None)]
    visit(iat=NOON - 60)
    assert len(desk.audited) == 2


TURNED_AWAY = {
    "nobody knows them": ({"email": "una@example.com"}, "unknown_user", "una@example.com"),
    "the address is not theirs": ({"email_verified": False}, "email_unverified", "bo@example.com"),
    "no address": ({"email": None}, "email_missing", "unknown"),
}


@pytest.mark.parametrize(("claims", "code", "staff"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys())
def test_who_is_turned_away_is_kept_once_and_sees_nothing(
    visit: Visit, desk: FakeBilling, claims: dict[str, Any], code: str, staff: str
) -> None:
    app = visit(**claims)
    app.run()
    visit(**claims)
    assert desk.audited == [("sign_in.refused", staff, code)]
    assert not numbers(app)
    assert not tables(app)


def test_an_ended_sign_in_is_refused_in_the_middle_of_work(
    visit: Visit, desk: FakeBilling, clock: list[float]
) -> None:
    app = visit()
    assert tables(app)
    clock[0] += 12 * 3_600
    app.run()
    assert not tables(app)
    assert "it lasts 12 hours" in app.warning[0].value
    assert app.button(key="sign_in").label == "Sign in"
    assert [action for action, *_ in desk.audited] == ["sign_in"]


def test_signing_out_is_kept_and_ends_the_other_tabs(visit: Visit, desk: FakeBilling) -> None:
    first, second = visit(), visit("overview")
    first.button(key="sign_out").click().run()
    second.run()
    assert "You have signed out" in everything(second).replace("\\", "")
    assert not numbers(second)
    assert [action for action, *_ in desk.audited] == ["sign_in", "sign_out"]
    assert tables(visit(iat=NOON + 1))  # the next sign-in is another one


def test_a_persona_of_the_demo_is_kept_when_it_is_chosen(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("overview", None)
    app.button(key="persona_founder").click().run()
    app.run()
    app.button(key="sign_out").click().run()
    founder = "founder@demo.invalid"
    assert desk.audited == [("sign_in", founder, None), ("sign_out", founder, None)]
