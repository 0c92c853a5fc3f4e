"""Charts of rates: lines over periods, bars of shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm, plain, sparse
from dashboard.charts.palette import CHURN, CONTRACTION, NEUTRAL, NEW

Line = tuple[str, Sequence[tuple[float | None, str]]]
"""A rate's name, and for each period its value (a share, None for a gap) and what it is made of."""

COLOURS: Final = (CHURN, NEW, CONTRACTION, NEUTRAL)
TALL: Final = 420
"""As high as the table of all rates, which stands beside it."""
DASHES: Final = ("solid", "dash", "dot", "dashdot")
"""Lines differ by more than their colour."""


def lines(periods: Sequence[str], drawn: Sequence[Line], *, running: bool) -> Figure:
    """One line a rate. ``running``: the last period is not over, and its point is hollow."""
    figure = Figure()
    last = len(periods) - 1
    for n, (name, points) in enumerate(drawn):
        figure.add_scatter(
            name=name,
            x=list(periods),
            y=[value for value, _ in points],
            customdata=[[detail] for _, detail in points],
            mode="lines+markers",
            line={"color": COLOURS[n], "width": 2, "dash": DASHES[n]},
            marker={
                "size": 7,
                "symbol": [
                    "circle-open" if running and at == last else "circle"
                    for at in range(len(periods))
                ],
            },
            hovertemplate=f"<b>%{{x}}</b><br>{plain(name)}: %{{customdata[0]}}<extra></extra>",
        )
    figure = calm(figure, None).update_layout(showlegend=True, height=TALL)
    return sparse(figure, periods).update_yaxes(
        tickformat=",.0%", zeroline=True, rangemode="tozero"
    )


def shares(rows: Sequence[tuple[str, str, float, str]], colour: str) -> Figure:
    """Horizontal bars of shares in the given order, each with its words at its end:
    (key, label, share, words)."""
    rows = list(reversed(rows))
    figure = Figure().add_bar(
        x=[share for _, _, share, _ in rows],
        y=[plain(label) for _, label, _, _ in rows],
        text=[plain(words) for _, _, _, words in rows],
        textposition="outside",
        customdata=[[key] for key, _, _, _ in rows],
        orientation="h",
        marker={"color": colour},
        hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
    )
    figure = calm(figure, None, along="x")
    widest = max((share for _, _, share, _ in rows), default=0) or 0.01
    # Room for the words of the longest bar.
    figure.update_xaxes(tickformat=",.0%", range=[0, widest * 1.7], nticks=4)
    return figure.update_layout(height=max(120, 44 + 34 * len(rows)))
