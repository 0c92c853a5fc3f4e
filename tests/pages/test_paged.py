"""The pages of a list that is longer than is counted, and of one that ends between two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing import REACH, Filters, Listing
from tests.pages.drawn import tables

SIZE = 25
ROWS = 2 * REACH + 30
GO_ON, BACK, COUNT = "Further rows", "From the start", "Count them all"


def read(wanted: Filters) -> Listing[int]:
    """Rows 1 to `ROWS`, as a query gives them: counted as far as `REACH` unless asked for all."""
    first = int(wanted.after or 0) + wanted.offset
    rows = tuple(range(first + 1, min(first + wanted.limit, ROWS) + 1))
    capped = not wanted.exact
    last = str(rows[-1]) if rows and len(rows) == wanted.limit else ""
    return Listing(rows, REACH if capped else ROWS, (), (), {}, capped, last)


def _script() -> None:
    import streamlit as st

    from dashboard.language import settle
    from dashboard.ui import filters, paged, tables
    from lib.billing import Filters
    from tests.pages import test_paged

    settle(st.session_state.get("speaks"))
    wanted = Filters(text=filters.text("Search", "Search"))
    whole = paged.whole(test_paged.read, wanted)
    paged.count_all(whole)
    st.caption(paged.counted(whole, str(whole.total)))
    page = paged.page(test_paged.read, wanted, whole)
    ids = [str(each) for each in page.rows]
    rows = [{"n": each} for each in page.rows]
    tables.show(rows, {"n": st.column_config.NumberColumn("n")}, key="t", ids=ids, alt="Rows")


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    def at(**query: str) -> AppTest:
        app = AppTest.from_function(_script, default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return at


def shown(app: AppTest) -> tuple[int, int] | None:
    """The first and the last row."""
    assert not app.exception
    if not len(tables(app)):
        return None
    rows = tables(app)[0].value["n"]
    return int(rows.iloc[0]), int(rows.iloc[-1])


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


SECOND = f"{REACH}:{REACH}"
THIRD = f"{2 * REACH}:{2 * REACH}"
PLACES: dict[str, tuple[dict[str, str], tuple[int, int] | None, list[str]]] = {
    "the beginning": ({}, (1, 25), [COUNT]),
    "a page": ({"page": "3"}, (51, 75), [COUNT]),
    "the last numbered page leads on": ({"page": "400"}, (9976, 10_000), [COUNT, GO_ON]),
    "behind it": ({"after": SECOND}, (10_001, 10_025), [COUNT, BACK]),
    "a page behind it": ({"after": SECOND, "page": "2"}, (10_026, 10_050), [COUNT, BACK]),
    "the last numbered page behind it": (
        {"after": SECOND, "page": "400"},
        (19_976, 20_000),
        [COUNT, BACK, GO_ON],
    ),
    "the last rows": ({"after": THIRD, "page": "2"}, (20_026, 20_030), [COUNT, BACK]),
    "a page behind the last row": ({"after": THIRD, "page": "3"}, None, [COUNT, BACK]),
    "all counted": ({"exact": "1"}, (1, 25), []),
    "all counted, and far behind": (
        {"exact": "1", "after": THIRD, "page": "2"},
        (20_026, 20_030),
        [BACK],
    ),
    "no place at all": ({"after": "elsewhere"}, (1, 25), [COUNT]),
    "a place of another kind": ({"after": "-5:7"}, (1, 25), [COUNT]),
}
"""An address → the rows that it shows and what may be pressed."""


@pytest.mark.parametrize(("address", "rows", "pressed"), PLACES.values(), ids=list(PLACES))
def test_an_address_shows_its_rows(
    opened: Callable[..., AppTest],
    address: dict[str, str],
    rows: tuple[int, int] | None,
    pressed: list[str],
) -> None:
    app = opened(**address)
    assert shown(app) == rows
    assert buttons(app) == pressed
    assert ("The list has no rows this far behind." in said(app)) is (rows is None)


def test_further_rows_lead_on_and_the_way_back_to_the_start(opened: Any) -> None:
    app = press(opened(page="400"), GO_ON)
    assert shown(app) == (10_001, 10_025)
    assert "".join(app.query_params["after"]) == SECOND
    assert "10,001 to 10,025 of more than 10,000" in said(app)
    app = press(app, BACK)
    assert shown(app) == (1, 25)
    assert "after" not in app.query_params


def test_all_are_counted_once_asked_for_and_stay_so_further_on(opened: Any) -> None:
    app = press(opened(page="400"), COUNT)
    assert said(app)[0] == str(ROWS)
    app = press(app, GO_ON)
    assert shown(app) == (10_001, 10_025)
    assert "".join(app.query_params["exact"]) == "1"
    assert "10,001 to 10,025 of 20,030" in said(app)


def test_a_narrower_list_begins_at_its_start_and_is_not_counted(opened: Any) -> None:
    app = opened(after=SECOND, page="2", exact="1")
    app.text_input(key="q").set_value("ada").run()
    assert shown(app) == (1, 25)
    assert not {"after", "exact"} & set(app.query_params)


def test_pages_speak_german() -> None:
    app = AppTest.from_function(_script, default_timeout=120)
    app.session_state["speaks"] = "de"
    app.query_params["after"], app.query_params["page"] = THIRD, "3"
    app.run()
    assert buttons(app) == ["Alle zählen", "Vom Anfang an"]
    assert "So weit hinten hat die Liste keine Zeilen." in said(app)
