"""A selection is a position: it never slides to another row."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import sliding

FIRST, SECOND = {"selection": {"rows": [0], "columns": [], "cells": []}}, ["c", "d"]


def page() -> None:
    """A table of ``rows``; what it answers and what ``on_choose`` was told are kept."""
    import streamlit as st

    from dashboard.ui import tables

    ids = st.session_state.get("rows", ["a", "b"])
    wanted = st.session_state.get("wanted")
    told = st.session_state.setdefault("told", [])
    answer = tables.show(
        [{"name": name} for name in ids],
        {"name": st.column_config.TextColumn("Name")},
        key="people",
        ids=ids,
        alt="People",
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=lambda at: told.append(None if at is None else ids[at]),
    )
    st.text(f"chosen {None if answer is None else ids[answer]}")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(sliding, "SOON", 0)
    return AppTest.from_function(page).run()


def _key(app: AppTest) -> str:
    return str(app.dataframe[0].proto.id)


def _choose(app: AppTest) -> None:
    app.session_state[_key(app).rsplit("-", 1)[-1]] = FIRST
    app.run()


def test_other_rows_are_drawn_in_the_same_table(app: AppTest) -> None:
    first = _key(app)
    app.session_state["rows"] = SECOND
    app.run()
    assert _key(app) == first
    assert list(app.dataframe[0].value["name"]) == SECOND


def test_what_was_chosen_stays_while_the_rows_do(app: AppTest) -> None:
    first = _key(app)
    _choose(app)
    app.run()
    assert app.text[0].value == "chosen a"
    assert _key(app) == first


def test_what_was_chosen_does_not_slide_to_another_row(app: AppTest) -> None:
    first = _key(app)
    _choose(app)
    app.session_state["rows"] = SECOND
    app.run()
    assert app.text[0].value == "chosen None"
    assert _key(app) != first


def test_what_is_chosen_from_the_start_is_chosen_in_other_rows_too(app: AppTest) -> None:
    app.session_state["rows"], app.session_state["wanted"] = SECOND, "d"
    app.run()
    assert app.text[0].value == "chosen d"


def test_a_choice_that_may_have_been_meant_for_the_rows_before_is_none(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sliding, "SOON", 1_000)
    app.session_state["rows"] = SECOND
    app.run()
    _choose(app)
    assert app.text[0].value == "chosen None"
    assert app.session_state["told"] == []
    monkeypatch.setattr(sliding, "SOON", 0)
    _choose(app)
    assert app.text[0].value == "chosen c"
