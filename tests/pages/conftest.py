"""Pages run by Streamlit's own test runner, over the fake company or whatever a test hands in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import navigation, session, signin
from tests.pages.fake_billing import FakeBilling

ROOT = Path(__file__).resolve().parents[2]

Open = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def packages_are_searched_once() -> None:
    """For each AppTest Streamlit reads every installed package's metadata, in search of components:
    that took longer than the pages."""
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's sign-in is on."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(signin.DEMO_SWITCH, "1")


@pytest.fixture
def desk() -> Iterator[FakeBilling]:
    """The fake company, in place of the configured one."""
    fake = FakeBilling()
    session.use(fake)  # type: ignore[arg-type]
    yield fake
    session.use(None)
    st.cache_data.clear()


@pytest.fixture
def open_page(demo: None, desk: FakeBilling) -> Open:
    """Open the page called ``slug`` as someone with ``role``; None has not signed in."""
    return opened


def opened(slug: str, role: str | None = "admin", **query: str) -> AppTest:
    """The same, for whom the demo's sign-in and a desk are there already."""
    app = at_address(slug if role and _may(role, slug) else None, **query)
    if role:
        app.session_state["demo_role"] = role
    return app.run()


def at_address(slug: str | None, **query: str) -> AppTest:
    """A browser that comes by a page's address, before it has loaded anything; without ``slug``
    it comes by the first address there is. Through the menu, it would draw another page before."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    if slug is not None:
        app._page_hash = calc_hash(slug)  # `switch_page` would first have to run the app
    for key, value in query.items():
        app.query_params[key] = value
    return app


def _may(role: str, slug: str) -> bool:
    persona = session.Staff("", "", frozenset({session.Role(role)}))
    return persona.may(navigation.BY_SLUG[slug].permission)


def everything(app: AppTest) -> str:
    """All that was sent to the browser, as one text: what a role may not see is not in it."""
    return "\n".join(_texts(app))


def _texts(app: AppTest) -> Iterator[str]:
    for element in app.main:
        yield str(proto := getattr(element, "proto", ""))
        if told := getattr(proto, "json", ""):  # of a component of ours: without its escapes
            yield json.dumps(json.loads(told), ensure_ascii=False)
        value: Any = getattr(element, "value", None)
        if callable(getattr(value, "to_csv", None)):  # what a chart tells has every name, as None
            yield value.to_csv()
        else:
            yield str(value)
