"""The Sync page over a real database: what is pressed becomes rows that the one writer reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard import session
from lib.billing.desk import Portside
from lib.billing.settings.setup import Setup
from lib.billing.store import meta
from lib.billing.store import requests as asked
from lib.billing.store.engine import Store
from lib.billing.store.tables import acknowledgements, audit
from tests.health import seeding
from tests.health.seeding import DAY, NOW, TODAY
from tests.pages import conftest
from tests.pages.drawn import numbers, tables
from tests.reports.ledger import CATALOG


@pytest.fixture
def kept(sqlite_store: Store, demo: None) -> Iterator[Store]:
    with sqlite_store.writing() as connection:
        meta.put(connection, meta.LAST_EVENT_AT, str(NOW - 60))
    seeding.customer(sqlite_store, "cus_1", name="Harbour Lane Bakery")
    session.use(Portside(store=sqlite_store, clock=lambda: NOW, setup=Setup(catalog=CATALOG)))
    yield sqlite_store
    session.use(None)
    st.cache_data.clear()


def opened(role: str = "admin", **query: str) -> AppTest:
    app = conftest.opened("sync", role, **query)
    assert not app.exception
    return app


def named(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def test_a_database_without_trouble_is_calm(kept: Store) -> None:
    seeding.tally(kept, TODAY, "applied", 12)
    seeding.tally(kept, TODAY, "repeated", 3)
    seeding.webhook(kept, "evt_1", 4)
    seeding.run(kept, findings=0)
    app = opened()
    assert [metric.value for metric in numbers(app)] == ["4 s", "3", "0", "0"]
    assert "Nothing differs, nothing is missing" in said(app)


def test_a_repair_is_a_row_that_waits_until_it_is_carried_out(kept: Store) -> None:
    number = seeding.drift(kept, "cus_1")
    app = opened(finding=str(number))
    assert tables(app)[0].value["customer"].tolist() == ["Harbour Lane Bakery"]
    named(app, "Repair").click().run()
    assert "Repair is waiting to be carried out" in said(app)
    with kept.reading() as connection:
        (waiting,) = asked.waiting(connection)
    assert (waiting.action, waiting.subject, waiting.staff) == (
        "repair",
        "cus_1",
        "admin@demo.invalid",
    )
    with kept.writing() as connection:
        asked.finish(connection, waiting.request_id, "done", "2 fields repaired.", NOW)
    app.run()
    assert r"**Done.** 2 fields repaired\." in said(app)
    assert "admin@demo.invalid asked for a repair".replace("@", r"\@").replace(".", r"\.") in said(
        app
    )


def test_an_acknowledged_difference_stays_on_the_board_and_counts_no_more(kept: Store) -> None:
    number = seeding.drift(kept, "cus_1")
    app = opened(finding=str(number))
    assert "1 difference from Stripe" in said(app)
    app.text_input(key=f"leave_why_{number}").set_value("Finance is on it")
    named(app, "Leave it for now").click().run()
    with kept.reading() as connection:
        a = acknowledgements.c
        rows = connection.execute(select(a.staff, a.reason, a.expires_at)).all()
        acts = connection.execute(select(audit.c.action)).scalars().all()
    assert [tuple(row) for row in rows] == [
        ("admin@demo.invalid", "Finance is on it", NOW + 7 * DAY)
    ]
    assert list(acts) == ["finding.acknowledged"]
    assert "1 difference from Stripe" not in said(app)
    assert tables(app)[0].value["state"].tolist() == [["Acknowledged"]]


def test_a_failed_event_is_ignored_with_a_reason(kept: Store) -> None:
    seeding.failed(kept, "evt_broken")
    app = opened(board="Failed events", event="evt_broken")
    app.text_input(key="ignore_why_evt_broken").set_value("A test event")
    named(app, "Ignore this event").click().run()
    with kept.reading() as connection:
        (waiting,) = asked.waiting(connection)
    assert (waiting.action, waiting.subject, waiting.reason) == (
        "ignore",
        "evt_broken",
        "A test event",
    )
    assert named(app, "Retry now").disabled


def test_an_event_that_was_applied_meanwhile_is_a_sentence(kept: Store) -> None:
    seeding.failed(kept, "evt_broken")
    app = opened(board="Failed events", event="evt_broken")
    with kept.writing() as connection:
        connection.exec_driver_sql("UPDATE inbox SET state = 'applied'")
    named(app, "Retry now").click().run()
    assert not app.exception
    assert "Every event that arrived was applied." in said(app)


def test_support_sees_the_difference_and_no_button(kept: Store) -> None:
    number = seeding.drift(kept, "cus_1")
    app = opened("support", finding=str(number))
    (fields,) = (text.value for text in app.markdown if text.value.startswith("| Field"))
    assert [row.split(" | ")[2].removesuffix(" |") for row in fields.splitlines()[2:]] == [
        fmt.md("2026-12-01T03:00:00Z"),
        fmt.md("past_due"),
    ]
    assert "Repair" not in [button.label for button in app.button]
