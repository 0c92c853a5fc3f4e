"""Every chart is described in Plotly's schema, and the real Plotly takes the description."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from types import FunctionType

import plotly.graph_objects as go
import pytest
from _plotly_utils.utils import PlotlyJSONEncoder

from dashboard import charts
from dashboard.ui import picture

MONTHS = ["Oct 2026", "Nov 2026"]
DAYS = [(1_793_000_000, 2900), (1_793_086_400, 5800)]
FIGURES: dict[str, Callable[[], charts.Figure]] = {
    "ageing": lambda: charts.ageing([("not_due", "Not due", 2900, 1)], "usd"),
    "ahead": lambda: charts.ahead([("2026-11-23", "This week", 4000, 500, 2)], "usd"),
    "back_test": lambda: charts.back_test(
        [("Ended", [("came_true", "As foreseen", 2900, 1)])], "usd"
    ),
    "by_plan": lambda: charts.by_plan(MONTHS, [("Pro", [(1.5, "a"), (2.0, "b")])], "usd"),
    "climbing": lambda: charts.climbing([("Nov 2026", {"plan": (1, 900)})], {"plan": "P"}, "eur"),
    "fates": lambda: charts.fates([(1_793_000_000, dict.fromkeys(charts.FATES, 3))]),
    "gains": lambda: charts.gains(["Pro"], [("new", "New", [(1.0, "one")])], "usd"),
    "lines": lambda: charts.lines(MONTHS, [("Rate", [(0.5, "a"), (None, "b")])], running=True),
    "moves": lambda: charts.moves(
        [("k", "Pro", "Team", 3.0, "3", "three", "came")], ["Pro"], ["Team"]
    ),
    "paths": lambda: charts.paths([("k", "Pro", "Team", "Pro to Team", 3, 900)], ["Pro"], "usd"),
    "plans": lambda: charts.plans([("pro", "Pro", "Monthly", 2900, 1)], "usd"),
    "ranked": lambda: charts.ranked([("k", "Lost card", 29.0, "$29")], charts.FAILED, "usd"),
    "reasons": lambda: charts.reasons([("k", "Too expensive", 2900, 1)], "usd"),
    "recovery": lambda: charts.recovery(
        [("Nov 2026", {"recovered": 2900})], {"recovered": "R", "lost": "L"}, "usd"
    ),
    "resting": lambda: charts.resting([(1, 0.2, "one"), (2, 0.3, "two")], {1: "The largest"}),
    "runway": lambda: charts.runway(
        [("2026-11-16", "pro", 2900, 1)], [("pro", "Pro"), ("x", "X")], "usd", date(2026, 11, 27)
    ),
    "saves": lambda: charts.saves([("Nov 2026", "Nov 2026", {"saved": 1})], {"saved": "Saved"}),
    "shares": lambda: charts.shares([("k", "Too expensive", 0.4, "40%")], charts.CHURN),
    "stacked": lambda: charts.stacked(
        MONTHS, [("Pro", [(0.5, "a"), (0.6, "b")])], None, shares=True
    ),
    "trend": lambda: charts.trend(DAYS, "usd", "UTC"),
    "trend_ahead": lambda: charts.trend_ahead(DAYS, DAYS, "usd", "UTC"),
    "trials": lambda: charts.trials([("Nov 2026", 3, 1, "75%")]),
    "waterfall": lambda: charts.waterfall(
        [("opening", "Opening", 2900, 0), ("new", "New", 900, 300)], "usd", ("opening",)
    ),
}
NO_FIGURES = {"moves_height", "spark"}


def test_no_chart_is_left_out() -> None:
    built = {name for name, it in vars(charts).items() if isinstance(it, FunctionType)}
    assert built == FIGURES.keys() | NO_FIGURES


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_takes_the_description_and_says_the_same(name: str) -> None:
    described = json.loads(picture.spec(FIGURES[name]()))
    understood = go.Figure(described).to_plotly_json()
    understood["layout"].pop("template")
    assert json.loads(json.dumps(understood, cls=PlotlyJSONEncoder)) == described


def test_what_plotly_does_not_know_is_seen() -> None:
    with pytest.raises(ValueError, match="colour"):
        go.Figure(charts.Figure().add_bar(marker={"colour": "red"}).described())


def test_what_is_said_as_none_is_taken_back() -> None:
    figure = (
        charts.Figure().update_xaxes(nticks=5, title=None).update_xaxes(nticks=None, type="date")
    )
    assert figure.described()["layout"] == {"xaxis": {"type": "date"}}


def test_two_charts_do_not_share_what_one_of_them_changes() -> None:
    axis = {"showgrid": True}
    charts.Figure().update_layout(xaxis=axis).update_xaxes(showgrid=False)
    assert axis == {"showgrid": True}
