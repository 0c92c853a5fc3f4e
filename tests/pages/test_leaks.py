"""A session's address after it was shown: searched for in everything that the process still holds.

Stripe is a stub that spells the address from its reverse, so that nothing here holds it either.
"""

from __future__ import annotations

import gc
import logging
import pickle
import secrets
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.caching import cache_data_api
from streamlit.testing.v1 import AppTest

from dashboard import session
from lib.billing.desk import Portside
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.gateway import Gateway
from tests.links.shopfront import request
from tests.pages.conftest import everything, opened
from tests.pages.drawn import to_copy
from tests.pages.offering import pick
from tests.reports.ledger import CATALOG, at
from tests.reports.ledger import desk as real_desk
from tests.reports.test_report_rows import ANN
from tests.stripe.stub import DATE, Answer, Stub, running_stub

HOLDERS = (dict, list, tuple, set, frozenset)
TEXTS = (str, bytes, bytearray)
"""Millions are asked: of a tuple that is quicker than of a union."""

NOW = at("2026-03-15T12:00")
CONFIGURATION = {
    "id": "bpc_1",
    "object": "billing_portal.configuration",
    "is_default": True,
    "active": True,
    "features": {"subscription_cancel": {"enabled": True}},
    "login_page": {"enabled": False, "url": None},
}


@dataclass
class Secret:
    """An address that is never written down the right way round."""

    reverse: str

    def spelled(self) -> str:
        return self.reverse[::-1]

    def within(self, text: str) -> bool:
        return self.reverse in text[::-1]


class SpellingStub(Stub):
    secret: Secret

    def next(self) -> Answer:
        if self.asked[-1].method == "GET":
            return Answer({"object": "list", "data": [CONFIGURATION], "has_more": False})
        url = f"https://billing.stripe.com/p/session/{self.secret.spelled()}"
        body = {"id": "bps_1", "object": "billing_portal.session", "url": url, "created": NOW}
        return Answer(body, headers={"Date": DATE, "request-id": "req_1"})


@pytest.fixture
def secret() -> Secret:
    return Secret(secrets.token_hex(16))


@pytest.fixture
def links(sqlite_store: Store, secret: Secret, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a desk over the database and the stub; another store may stand in for the audit's."""
    real_desk(sqlite_store, ANN, "2026-03-15T12:00")
    with running_stub() as stub:
        stub.__class__ = SpellingStub
        stub.secret = secret  # type: ignore[attr-defined]
        gateway = Gateway("rk_test_leaks", stub.url)

        def made(store: Any = sqlite_store) -> LinkDesk:
            return LinkDesk(
                store=store,
                clock=lambda: NOW,
                setup=Setup(catalog=CATALOG),
                maker=LinkMaker(gateway, return_url="https://app.example/billing"),
            )

        yield made
        gateway.close()


@pytest.fixture
def app(links: Any, sqlite_store: Store, demo: None) -> Iterator[AppTest]:
    setup = Setup(catalog=CATALOG, api_ready=True)
    session.use(Portside(store=sqlite_store, clock=lambda: NOW, setup=setup, links=links()))
    yield opened("customer", "support", customer="cus_1")
    session.use(None)
    st.cache_data.clear()


def _press(app: AppTest, start: str) -> None:
    next(b for b in app.button if str(b.label).startswith(start)).click().run()


def _held(secret: Secret) -> list[str]:
    """Where in this process a text with the address is still held: the types of its holders."""
    gc.unfreeze()  # what the suite has put out of the collector's sight holds things too
    gc.collect()
    wanted = secret.spelled()
    in_bytes, enough = wanted.encode(), len(wanted)
    found = []
    for holder in gc.get_objects():
        if not isinstance(holder, HOLDERS):
            continue
        # All that it holds, in one call: there are millions.
        for value in gc.get_referents(holder):
            if (
                isinstance(value, TEXTS)
                and len(value) >= enough
                and (wanted if isinstance(value, str) else in_bytes) in value
            ):
                found.append(f"{type(holder).__name__} of {len(holder)}")
    return found


def test_once_the_link_was_shown_nothing_holds_its_address(
    app: AppTest,
    secret: Secret,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("streamlit", "urllib3", "stripe", "sqlalchemy"):
        caplog.set_level(logging.DEBUG, logger=name)
    pick(app, "Cancel subscription")
    next(box for box in app.selectbox if box.label == "Reason").select("Payment failed")
    _press(app, "Make the link")
    assert [secret.within(text) for text in to_copy(app)].count(True) == 1
    planted = [secret.spelled()]
    assert _held(secret) == ["list of 1"]  # what is held is found
    planted.clear()
    app.run()
    assert not secret.within(everything(app))
    assert any("Waiting for the customer" in m.value for m in app.markdown)

    assert caplog.records
    assert not secret.within(caplog.text)
    assert not any(secret.within(repr(vars(record))) for record in caplog.records)
    assert not secret.within("".join(capfd.readouterr()))
    caplog.clear()
    kept = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [name for name, content in kept.items() if secret.spelled().encode() in content]
    caches = list(cache_data_api._data_caches._function_caches.values())
    assert not secret.within(repr(pickle.dumps([repr(vars(cache)) for cache in caches])))
    assert _held(secret) == []


class _Striking:
    """A database that goes away once the link was made."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._writes = 0

    def writing(self) -> Any:
        self._writes += 1
        if self._writes > 1:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        return self._store.writing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_fault_after_the_session_was_made_does_not_carry_its_address(
    links: Any, sqlite_store: Store, secret: Secret
) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        links(_Striking(sqlite_store)).mint(request("cus_1", "home"))
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = "".join(told.format())
    assert "address" in frames  # it was made: the frame that held it is in the traceback
    assert not secret.within(frames)
