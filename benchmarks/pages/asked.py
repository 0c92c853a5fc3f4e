"""What the pages ask of their desk, caught while Streamlit's own runner draws them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit import logger
from streamlit.testing.v1 import AppTest

from dashboard import navigation, session, signin
from lib.billing.desk import Portside

from .addresses import Address

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 600
NOT_READ: Final = frozenset({"record_audit", "now", "roles_of", "lookbacks", "policies"})
"""What writes, or asks no database."""


@dataclass(frozen=True)
class Call:
    """One question, as it was put first; ``ask`` puts it again."""

    address: Address
    verb: str
    given: str
    ask: Callable[[], Any]


class Listened:
    """A desk that hands everything on, and keeps what it was asked."""

    def __init__(self, desk: Portside) -> None:
        self._desk = desk
        self.asked: list[tuple[str, str, Callable[[], Any]]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if not callable(found):
            return found

        def ask(*args: Any, **named: Any) -> Any:
            if name == "record_audit":
                return None
            if name not in NOT_READ:
                self.asked.append((name, repr((args, named)), lambda: found(*args, **named)))
            return found(*args, **named)

        return ask


def calls(
    desk: Portside,
    addresses: tuple[Address, ...],
    token: str,
    begin: Callable[[], None] = lambda: None,
) -> Iterator[Call]:
    """Every question once, at the address that puts it first; ``begin`` is called before each
    address. Raises RuntimeError when a page shows an exception."""
    known: set[tuple[str, str]] = set()
    with _listening(desk) as listened:
        for address in addresses:
            listened.asked.clear()
            begin()
            _draw(address, token)
            for verb, given, ask in listened.asked:
                if (verb, given) not in known:
                    known.add((verb, given))
                    yield Call(address, verb, given, ask)


@contextmanager
def _listening(desk: Portside) -> Iterator[Listened]:
    listened = Listened(desk)
    logger.set_log_level("ERROR")  # it warns of every run that no browser asked for
    os.environ[signin.DEMO_SWITCH] = "1"
    session.use(listened)  # type: ignore[arg-type]
    try:
        yield listened
    finally:
        session.use(None)
        st.cache_data.clear()


def _draw(address: Address, token: str) -> None:
    query = {name: value.format(token=token) for name, value in address.query.items()}
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=PATIENCE)
    app.session_state["demo_role"] = "admin"
    if address.slug != "overview":
        # The first page is drawn on the way: what it asks was asked, and kept, before.
        app.run()
        app.switch_page(str(navigation.BY_SLUG[address.slug].file))
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if app.exception:
        raise RuntimeError(f"{address.slug} shows {app.exception[0].value}")
