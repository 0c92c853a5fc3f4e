"""A row is chosen by what it is: it stays the same one wherever it goes, and goes with it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import grid
from tests.pages.drawn import choose, tables


def page() -> None:
    """Three tables of the same rows: one remembers its choice, one tells it, one is read."""
    import streamlit as st

    from dashboard.ui import tables

    ids = st.session_state.get("rows", ["a", "b", "c"])
    rows = [{"name": name} for name in ids]
    columns: Any = {"name": st.column_config.TextColumn("Name")}
    told = st.session_state.setdefault("told", [])
    wanted = st.session_state.get("wanted")
    answer = tables.show(rows, columns, key="held", ids=ids, alt="People")
    st.text(f"chosen {None if answer is None else ids[answer]}")
    tables.show(
        rows,
        columns,
        key="told",
        ids=ids,
        alt="People",
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=lambda at: told.append(None if at is None else ids[at]),
    )
    tables.show(rows, columns, key="read", ids=ids, alt="People", choose=False)


HELD, TOLD, READ = range(3)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page).run()


def rows(app: AppTest, *ids: str) -> AppTest:
    app.session_state["rows"] = list(ids)
    return app.run()


def said(app: AppTest) -> str:
    return str(app.text[0].value).removeprefix("chosen ")


def shown(app: AppTest, table: int = HELD) -> str | None:
    """The row that is marked as the chosen one."""
    drawn = tables(app)[table]
    return None if drawn.chosen is None else str(drawn.value["name"][drawn.chosen])


def click(app: AppTest, token: str | None) -> AppTest:
    """What a click on a row of the table that tells its choice sends."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    proto = next(
        each.proto
        for each in app.get("bidi_component")
        if each.proto.component_name == grid.NAME and each.proto.id.endswith("-told_table")
    )
    state = app._tree.get_widget_states()
    event = '[{"event": "choice", "value": {"row": %s}}]'
    sent = WidgetState(
        id=f"$$STREAMLIT_INTERNAL_KEY_{proto.id}__events",
        json_trigger_value=event % ("null" if token is None else f'"{token}"'),
    )
    state.widgets.append(sent)
    app._run(state)
    return app


def test_a_choice_is_answered_and_shown(app: AppTest) -> None:
    assert (said(app), shown(app)) == ("None", None)
    choose(app, HELD, 1)
    app.run()
    assert (said(app), shown(app)) == ("b", "b")
    app.run()
    assert (said(app), shown(app)) == ("b", "b")


def test_a_chosen_row_stays_the_same_one_when_rows_change_their_order(app: AppTest) -> None:
    choose(app, HELD, 0)
    for order in (("c", "b", "a"), ("x", "a"), ("a",)):
        rows(app, *order)
        assert (said(app), shown(app)) == ("a", "a")


def test_a_row_that_is_no_longer_there_is_not_chosen_nor_is_another(app: AppTest) -> None:
    choose(app, HELD, 0)
    rows(app, "b", "c")
    assert (said(app), shown(app)) == ("None", None)


def test_a_second_click_lets_it_go(app: AppTest) -> None:
    choose(app, HELD, 0)
    app.run()
    app.session_state[tables(app)[HELD].key] = {"chosen": None}
    app.run()
    assert (said(app), shown(app)) == ("None", None)


@pytest.mark.parametrize("odd", [{"chosen": "made up"}, {"chosen": 0}, {"chosen": ["a"]}, {}])
def test_what_a_browser_makes_up_chooses_nothing(app: AppTest, odd: dict[str, Any]) -> None:
    app.session_state[tables(app)[HELD].key] = odd
    app.run()
    assert not app.exception
    assert (said(app), shown(app)) == ("None", None)


def test_a_click_is_told_once_by_the_row_that_was_clicked(app: AppTest) -> None:
    ids = tables(app)[TOLD].ids
    click(app, ids[2])
    assert app.session_state["told"] == ["c"]
    app.run()
    assert app.session_state["told"] == ["c"]
    click(app, None)
    assert app.session_state["told"] == ["c", None]


def test_a_click_on_a_row_that_has_moved_since_is_a_click_on_that_row(app: AppTest) -> None:
    ids = tables(app)[TOLD].ids
    rows(app, "c", "b", "a")
    click(app, ids[0])
    assert app.session_state["told"] == ["a"]


def test_a_click_on_a_row_that_has_gone_since_is_told_to_nobody(app: AppTest) -> None:
    ids = tables(app)[TOLD].ids
    rows(app, "b", "c")
    click(app, ids[0])
    assert app.session_state["told"] == []


def test_who_keeps_the_choice_says_which_is_shown(app: AppTest) -> None:
    app.session_state["wanted"] = "c"
    rows(app, "c", "d")
    assert shown(app, TOLD) == "c"
    rows(app, "d", "e")
    assert shown(app, TOLD) is None


def test_a_table_to_be_read_has_no_ids(app: AppTest) -> None:
    assert tables(app)[READ].ids == []


def test_no_ids_of_ours_are_sent(app: AppTest) -> None:
    rows(app, "cus_secret")
    for each in app.get("bidi_component"):
        assert each.proto.json.count("cus_secret") == 1  # as the word in its cell
