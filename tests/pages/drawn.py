"""What an AppTest has drawn by components of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.ui import cells, copying, grid, kpis, lines, picture, titles, ways


@dataclass(frozen=True)
class Number:
    """A key number in its card. ``beside``: what its difference is from."""

    label: str
    value: str
    definition: str
    delta: str | None
    arrow: str
    tone: str
    beside: str | None
    spark: str | None


def numbers(app: AppTest) -> list[Number]:
    """The key numbers of the page, in their order."""
    return [Number(**card) for told in _of(app, kpis.NAME) for card in told["cards"]]


@dataclass(frozen=True)
class Title:
    """Of a section. ``told``: what its numbers are called and mean; ``way``: the link beside it."""

    value: str
    told: list[list[str]]
    way: dict[str, str] | None


def sections(app: AppTest) -> list[Title]:
    """The titles of the page's sections, in their order."""
    return [Title(told["title"], told["told"], told["way"]) for told in _of(app, titles.NAME)]


def section_titles(app: AppTest) -> list[str]:
    """What they say."""
    return [title.value for title in sections(app)]


@dataclass(frozen=True)
class Badge:
    text: str
    colour: str


def badges(app: AppTest) -> list[Badge]:
    """The badges in lines of words."""
    drawn = [bit for told in _of(app, lines.NAME) for line in told["lines"] for bit in line]
    return [Badge(bit["text"], bit["colour"]) for bit in drawn if bit["look"] == "badge"]


def told(app: AppTest) -> list[str]:
    """The lines of words, each as it is read; the first says how fresh the page is."""
    drawn = [line for told in _of(app, lines.NAME) for line in told["lines"]]
    return [" ".join(bit["text"] for bit in line) for line in drawn]


@dataclass(frozen=True)
class Table:
    """``value``: what a column is sorted by, else its words, badges as a list of them, links as
    their addresses. ``words``: what is read. ``columns``: what is told of each, by its name."""

    value: pd.DataFrame
    words: pd.DataFrame
    columns: dict[str, dict[str, Any]]
    ids: list[str]
    chosen: Any
    alt: str
    key: str

    def counted(self) -> list[dict[str, Any]]:
        """The columns of numbers and of money."""
        return [column for column in self.columns.values() if column["counts"]]


def tables(app: AppTest) -> list[Table]:
    """The tables of the page, in their order."""
    shown = elements(app, grid.NAME)
    return [_table(json.loads(each.json), each.id.rsplit("-", 1)[-1]) for each in shown]


def choose(app: AppTest, table: int, row: int) -> None:
    """What a click on a row of a table that remembers its choice leaves behind."""
    shown = tables(app)[table]
    app.session_state[shown.key] = {"chosen": shown.ids[row]}


def _table(told: dict[str, Any], key: str) -> Table:
    names = [column["name"] for column in told["columns"]]
    rows = told["rows"]
    words = {n: [cells.words(row[at]) for row in rows] for at, n in enumerate(names)}
    values = {
        column["name"]: column["sorted_by"] or [_value(row[at]) for row in rows]
        for at, column in enumerate(told["columns"])
    }
    return Table(
        value=pd.DataFrame(values),
        words=pd.DataFrame(words),
        columns={column["name"]: column for column in told["columns"]},
        ids=told.get("ids") or [],
        chosen=told.get("chosen"),
        alt=told["alt"],
        key=key,
    )


def _value(cell: cells.Cell) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "badges" in cell:
        return [word for word, _ in cell["badges"]]
    return cell.get("href") or cell["text"]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """What each chart of the page shows, as Plotly describes it."""
    return [json.loads(spec) for spec in specs(app)]


def specs(app: AppTest) -> list[str]:
    """The same as it is sent."""
    return [told["figure"] for told in _of(app, picture.NAME)]


def needed(app: AppTest) -> list[dict[str, Any]]:
    """What needs somebody, each with where it leads and its people."""
    return [need for told in _of(app, ways.NAME) for need in told["needs"]]


def to_copy(app: AppTest) -> list[str]:
    """The texts that have a button to copy them."""
    return [told["text"] for told in _of(app, copying.NAME)]


def elements(app: AppTest, component: str) -> list[Any]:
    """As they are sent."""
    drawn = [each.proto for each in app.get("bidi_component")]
    return [proto for proto in drawn if proto.component_name == component]


def _of(app: AppTest, component: str) -> list[dict[str, Any]]:
    return [json.loads(proto.json) for proto in elements(app, component)]
