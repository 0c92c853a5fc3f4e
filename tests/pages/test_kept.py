"""What a choice holds, what its address says and what the server hears of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.pages.choosing import choice, press


def page() -> None:
    """One choice of each kind over the options that the session has."""
    import streamlit as st

    from dashboard import kept
    from dashboard.ui import choices

    kept.begin()
    heard = st.session_state.setdefault("heard", [])
    options = st.session_state.get("options", {"pro": "Pro", "team": "Team, yearly"})
    st.session_state["held"] = {
        "by": choices.switch("By", "by", options, "pro", lambda: heard.append("by")),
        "of": choices.one("Any", "of", options, None, lambda: heard.append("of"), width=100),
    }
    if st.session_state.get("narrow", True):
        plans = choices.several("Plans", "plans", options, lambda: heard.append("plans"))
        st.session_state["held"]["plans"] = plans
    st.session_state["said"] = {name: kept.params().get_all(name) for name in kept.params()}


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page).run()


def held(app: AppTest) -> dict[str, Any]:
    assert not app.exception
    found: dict[str, Any] = app.session_state["held"]
    return found


def said(app: AppTest) -> dict[str, list[str]]:
    """What the page's address says, as who reads it is told."""
    found: dict[str, list[str]] = app.session_state["said"]
    return found


NOTHING = {"by": "pro", "of": None, "plans": ()}
ALL = {"by": "team", "of": "team", "plans": ("pro", "team")}
SAID = {"by": ["Team, yearly"], "of": ["Team, yearly"], "plans": ["Pro", "Team, yearly"]}


def opened(**query: list[str]) -> AppTest:
    app = AppTest.from_function(page)
    for name, words in query.items():
        app.query_params[name] = words
    return app.run()


def test_without_an_address_all_begin_and_nothing_is_said(app: AppTest) -> None:
    assert held(app) == NOTHING
    assert said(app) == {}


def test_an_address_chooses() -> None:
    app = opened(**SAID)
    assert held(app) == ALL
    assert said(app) == SAID
    assert choice(app, "plans").chosen == ["Pro", "Team, yearly"]
    assert app.session_state["heard"] == []


def test_what_an_address_says_and_no_option_is_called_is_left_out() -> None:
    app = opened(by=["Gone"], of=["Gone"], plans=["Gone", "Pro"])
    assert held(app) == NOTHING | {"plans": ("pro",)}
    assert said(app) == {"plans": ["Pro"]}


def test_a_press_is_held_said_and_heard_once(app: AppTest) -> None:
    press(app, "by", "Team, yearly")
    press(app, "of", "Team, yearly")
    press(app, "plans", "Team, yearly", "Pro")
    assert held(app) == ALL
    assert said(app) == SAID
    assert app.session_state["heard"] == ["by", "of", "plans"]
    assert choice(app, "of").heard == 1
    app.run()
    assert held(app) == ALL
    assert app.session_state["heard"] == ["by", "of", "plans"]


def test_what_is_held_counts_over_an_address_of_before() -> None:
    app = opened(**SAID)
    press(app, "by", "Pro")
    press(app, "of")
    press(app, "plans", "Pro")
    for name, words in SAID.items():  # as Streamlit remembers it
        app.query_params[name] = words
    app.run()
    assert held(app) == {"by": "pro", "of": None, "plans": ("pro",)}
    assert said(app) == {"plans": ["Pro"]}


def test_what_somebody_else_sets_is_held_and_said(app: AppTest) -> None:
    app.session_state["of"] = "team"
    app.session_state["plans"] = ["team"]
    app.run()
    assert held(app) == {"by": "pro", "of": "team", "plans": ("team",)}
    app.session_state["of"] = None
    app.session_state["plans"] = []
    app.run()
    assert held(app) == NOTHING
    assert said(app) == {}


def test_an_option_that_has_gone_is_let_go() -> None:
    app = opened(**SAID)
    app.session_state["options"] = {"pro": "Pro", "free": "Free"}
    app.run()
    assert held(app) == NOTHING | {"plans": ("pro",)}
    assert said(app) == {"plans": ["Pro"]}


def test_words_that_are_no_option_any_more_choose_nothing(app: AppTest) -> None:
    press(app, "by", "Gone")
    press(app, "plans", "Gone", "Pro")
    assert held(app) == NOTHING | {"plans": ("pro",)}


def test_options_of_one_name_are_chosen_together(app: AppTest) -> None:
    app.session_state["options"] = {"pro": "Pro", "old": "Pro", "team": "Team"}
    app.run()
    press(app, "plans", "Pro")
    assert held(app)["plans"] == ("pro", "old")


def test_another_server_believes_the_address_and_no_press_of_before(app: AppTest) -> None:
    """The browser's element still says what was pressed last; it may have been cleared since."""
    proto = next(
        each.proto for each in app.get("bidi_component") if each.proto.id.endswith("-by_choice")
    )
    told = {"choice": {"words": ["Team, yearly"], "count": 4}}
    state = app._tree.get_widget_states()
    state.widgets.append(WidgetState(id=proto.id, json_value=json.dumps(told)))
    other = AppTest.from_function(page)
    other.query_params["of"] = "Pro"
    other._run(state)
    assert held(other) == NOTHING | {"of": "pro"}
    assert other.session_state["heard"] == []


def test_a_choice_that_is_not_drawn_is_not_said(app: AppTest) -> None:
    press(app, "plans", "Pro")
    app.session_state["narrow"] = False
    app.run()
    app.run()
    assert said(app) == {}
    app.session_state["narrow"] = True
    app.run()
    assert held(app)["plans"] == ("pro",)
    assert said(app) == {"plans": ["Pro"]}


def test_a_link_says_all_and_comes_again_until_it_is_told_otherwise() -> None:
    app = opened(plans=["Pro"], of=["Pro"], by=["Team, yearly"], whole=["plans,by"])
    assert held(app) == {"by": "team", "of": None, "plans": ("pro",)}
    assert said(app) == {"plans": ["Pro"], "by": ["Team, yearly"]}
