"""What somebody pastes as a candidate: searched for in everything that outlives the question."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from lib.billing.store.engine import Store
from tests.pages.conftest import everything, opened
from tests.reports.ledger import desk as real_desk
from tests.reports.test_report_rows import ANN

WORD = "unannounced_plan_zx81"
CANDIDATE = (
    f'default_plan = "free"\n# {WORD}\n[plans.{WORD}]\n[[plans.{WORD}.prices]]\namount = 1\n'
)
READABLE = CANDIDATE + 'lookup_key = "pro_monthly"\n'


@pytest.fixture
def app(sqlite_store: Store, demo: None) -> Iterator[AppTest]:
    session.use(real_desk(sqlite_store, ANN, "2026-03-15T12:00"))
    yield opened("plans", view="Impact")
    session.use(None)
    st.cache_data.clear()


@pytest.mark.parametrize("text", [CANDIDATE, READABLE], ids=["refused", "compared"])
def test_no_table_log_or_cache_has_a_candidate(
    app: AppTest,
    text: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    app.get_by_key("candidate").set_value(text)
    app.get_by_key("impact_start").click().run()
    for _ in range(500):
        if "Folding everybody" not in everything(app):
            break
        time.sleep(0.02)
        app.run()
    shown = everything(app)
    assert not app.exception
    assert WORD in shown  # it was read: what is refused or changes is named
    assert "price" in shown if text is CANDIDATE else "1 customer changes plan" in shown
    assert WORD not in caplog.text
    assert WORD not in "".join(capfd.readouterr())
    kept = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [name for name, content in kept.items() if WORD.encode() in content]
    assert not [value for value in _bytes_held() if WORD.encode() in value]


def _bytes_held() -> Iterator[bytes]:
    """Cached values are held as bytes, in dictionaries."""
    for holder in gc.get_objects():
        if type(holder) is dict:
            yield from (value for value in tuple(holder.values()) if type(value) is bytes)
