"""How MRR moved: trends and the waterfall of a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm
from dashboard.charts.palette import CHURN, KIND_COLOURS, NEUTRAL, NEW
from dashboard.language import current, tr

Points = Sequence[tuple[int, int]]
"""Unix seconds, and minor units at each."""


def trend(points: Points, currency: str, timezone: str) -> Figure:
    """MRR at the end of each day."""
    figure = Figure().add_scatter(
        **_line(points, currency, timezone),
        line={"color": NEW, "width": 2},
        fill="tozeroy",
        fillcolor="rgba(47, 127, 193, 0.10)",
    )
    return _from_where_it_moves(figure, points, currency)


def trend_ahead(past: Points, ahead: Points, currency: str, timezone: str) -> Figure:
    """The trend, and what is to leave from now on: dashed, step by step down to committed MRR."""
    figure = Figure()
    for name, points, line in (
        (tr("MRR"), past, {"color": NEW, "width": 2}),
        (tr("To committed MRR"), ahead, {"color": CHURN, "width": 2, "dash": "dot", "shape": "hv"}),
    ):
        if points:
            figure.add_scatter(**_line(points, currency, timezone), name=name, line=line)
    figure = _from_where_it_moves(figure, [*past, *ahead], currency)
    days, names = _months([second for second, _ in (*past, *ahead)], timezone)
    return figure.update_layout(showlegend=bool(ahead)).update_xaxes(tickvals=days, ticktext=names)


def _line(points: Points, currency: str, timezone: str) -> dict[str, Any]:
    return {
        "x": [fmt.moment(second, timezone) for second, _ in points],
        "y": [fmt.major(minor, currency) for _, minor in points],
        "customdata": [
            [fmt.money(minor, currency), fmt.day(second, timezone)] for second, minor in points
        ],
        "mode": "lines",
        "hovertemplate": "<b>%{customdata[1]}</b><br>%{customdata[0]}<extra></extra>",
    }


def _from_where_it_moves(figure: Figure, points: Points, currency: str) -> Figure:
    """MRR moves by a few per cent a month: an axis from zero would draw every month as a flat
    line."""
    figure = calm(figure, currency)
    lowest = min((fmt.major(minor, currency) for _, minor in points), default=0)
    highest = max((fmt.major(minor, currency) for _, minor in points), default=1)
    room = max((highest - lowest) * 0.25, highest * 0.01, 1)
    figure.update_xaxes(tickformat="%-d.%-m." if current() == "de" else "%-d %b")
    return figure.update_yaxes(range=[max(lowest - room, 0), highest + room])


def _months(seconds: Sequence[int], timezone: str) -> tuple[list[str], list[str]]:
    """Three first days of months at most, evenly apart, and the months' names."""
    moments = [fmt.moment(second, timezone) for second in seconds]
    held = sorted({f"{at:%Y-%m}" for at in moments if at is not None})[1:]
    step = -(-len(held) // 3) or 1
    shown = held[::step]
    return [f"{month}-01" for month in shown], [fmt.period(month) for month in shown]


def waterfall(
    steps: Sequence[tuple[str, str, int, int]], currency: str, balances: Sequence[str]
) -> Figure:
    """From opening to closing: (part, its label, minor units, how much of it is reconstructed)."""
    level, levels = 0, [0]
    seen: list[list[Any]] = []
    inferred: list[list[Any]] = []
    for part, label, minor, guessed in steps:
        start = 0 if part in balances else level
        level, sign = start + minor, fmt.money if part in balances else fmt.signed
        tip = sign(minor, currency)
        colour = KIND_COLOURS.get(part, NEUTRAL)
        seen.append([label, start, minor - guessed, colour, part, tip])
        if guessed:
            tip = tr("{amount}, reconstructed {part}", amount=tip, part=sign(guessed, currency))
            inferred.append([label, start + minor - guessed, guessed, colour, part, tip])
        levels.append(level)
    figure = Figure()
    for name, bars, shape in (
        (tr("Told by events"), seen, ""),
        (tr("Reconstructed"), inferred, "/"),
    ):
        if bars:
            figure.add_bar(
                name=name,
                x=[label for label, *_ in bars],
                base=[fmt.major(start, currency) for _, start, *_ in bars],
                y=[fmt.major(minor, currency) for _, _, minor, *_ in bars],
                marker={"color": [bar[3] for bar in bars], "pattern": {"shape": shape}},
                customdata=[[part, tip] for *_, part, tip in bars],
                hovertemplate="<b>%{x}</b><br>%{customdata[1]}<extra></extra>",
            )
    figure = calm(figure, currency).update_layout(barmode="overlay", bargap=0.25)
    low, high = min(levels[1:], default=0), max(levels)
    # A month moves MRR by a few per cent: from zero its movements would be hairlines.
    floor = low - (high - low) * 0.4 if 0 < (high - low) * 0.4 < low else min(low, 0)
    room = (high - floor) * 0.06
    axis = [fmt.major(round(floor), currency), fmt.major(round(high + room), currency)]
    figure.update_xaxes(tickangle=None, autotickangles=[0, 45])  # on a phone they would overlap
    return figure.update_yaxes(range=axis)
