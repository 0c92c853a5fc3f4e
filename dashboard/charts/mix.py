"""The plan mix over time, moves between plans, and on how few customers MRR rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Final

from dashboard.charts.figure import Figure
from dashboard.charts.ground import HEIGHT, calm, plain, sparse, worded
from dashboard.charts.palette import (
    CHURN,
    CONTRACTION,
    EXPANSION,
    NEUTRAL,
    NEW,
    PLAN_SCALE,
    REACTIVATION,
)

DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Lines differ by more than their colour."""
TALL: Final = 300
TALLER: Final = 390
SIX: Final = 6
LARGEST: Final = 44
"""Pixels across of the largest bubble."""
SMALLEST: Final = 20

WAYS: Final = {
    "new": NEW,
    "returned": REACTIVATION,
    "added": "#8E7CC3",
    "came": EXPANSION,
    "changed": NEUTRAL,
    "went": CONTRACTION,
    "left": CHURN,
}
"""How a plan gains and loses → its colour."""

Stack = tuple[str, Sequence[tuple[float, str]]]
"""A plan's name, and of each month its value and what the tooltip says."""


def stacked(
    months: Sequence[str], plans: Sequence[Stack], currency: str | None, *, shares: bool
) -> Figure:
    """The mix at the end of each month, the first plan at the bottom. ``currency`` None: customers;
    ``shares``: values are 0 to 1."""
    figure = Figure()
    for n, (name, points) in enumerate(plans):
        figure.add_bar(
            name=plain(name),
            x=list(months),
            y=[value for value, _ in points],
            customdata=[[detail] for _, detail in points],
            marker={"color": PLAN_SCALE[n % len(PLAN_SCALE)]},
            hovertemplate=(f"<b>%{{x}} · {worded(name)}</b><br>%{{customdata[0]}}<extra></extra>"),
        )
    figure = calm(figure, None if shares else currency)
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        showlegend=True,
        height=TALL,
    )
    if shares:
        figure.update_yaxes(tickformat=",.0%", range=[0, 1])
    return sparse(figure, months)


def by_plan(months: Sequence[str], plans: Sequence[Stack], currency: str) -> Figure:
    """One line a plan, in its colour of `stacked`; a month without a value is a gap."""
    figure = Figure()
    for n, (name, points) in enumerate(plans):
        figure.add_scatter(
            name=plain(name),
            x=list(months),
            y=[value for value, _ in points],
            customdata=[[detail] for _, detail in points],
            mode="lines+markers",
            line={
                "color": PLAN_SCALE[n % len(PLAN_SCALE)],
                "width": 2,
                "dash": DASHES[n % len(DASHES)],
            },
            marker={"size": 5},
            hovertemplate=(f"<b>%{{x}} · {worded(name)}</b><br>%{{customdata[0]}}<extra></extra>"),
        )
    figure = calm(figure, currency).update_layout(showlegend=True, height=TALL)
    # Beside another chart there is room for three months.
    shown = list(months[::-1][:: -(-len(months) // 3) or 1])[::-1]
    return sparse(figure, months).update_xaxes(tickvals=shown).update_yaxes(rangemode="tozero")


def moves(
    cells: Sequence[tuple[str, str, str, float, str, str, str]],
    rows: Sequence[str],
    columns: Sequence[str],
) -> Figure:
    """From where (rows) to where (columns), a bubble each way:
    (key, from, to, size, text, what the tooltip says, its part of `WAYS`)."""
    most = max((size for _, _, _, size, *_ in cells), default=0) or 1
    figure = Figure().add_scatter(
        x=[plain(to) for _, _, to, *_ in cells],
        y=[plain(was) for _, was, *_ in cells],
        mode="markers+text",
        text=[text for _, _, _, _, text, _, _ in cells],
        textposition=["middle center"] * len(cells),
        textfont={"color": "#FFFFFF", "size": 11},
        marker={
            "size": [
                max(LARGEST * sqrt(size / most), SMALLEST + 5 * max(len(text) - 2, 0))
                for _, _, _, size, text, _, _ in cells
            ],
            "color": [WAYS[way] for *_, way in cells],
            "line": {"width": 0},
        },
        customdata=[
            [key, f"{plain(was)} → {plain(to)}", detail] for key, was, to, _, _, detail, _ in cells
        ],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
    )
    calm(figure, None)
    axis = {
        "type": "category",
        "categoryorder": "array",
        "tickformat": None,
        "nticks": None,
        "showgrid": True,
    }
    across, down = [plain(name) for name in columns], [plain(name) for name in rows]
    figure.update_xaxes(
        **axis,
        categoryarray=across,
        tickvals=across,
        range=[-0.6, len(across) - 0.4],
        side="top",
    )
    figure.update_yaxes(**axis, categoryarray=down, tickvals=down, range=[len(down) - 0.4, -0.6])
    return figure.update_layout(height=moves_height(len(down)))


def moves_height(rows: int) -> int:
    """How tall `moves` is drawn, for what stands beside it."""
    return max(TALL, 48 + 54 * rows)


def gains(
    plans: Sequence[str],
    parts: Sequence[tuple[str, str, Sequence[tuple[float, str]]]],
    currency: str | None,
    height: int = HEIGHT,
) -> Figure:
    """What each plan gained and lost: (part of `WAYS`, its name, of each plan the signed value and
    what the tooltip says)."""
    figure = Figure()
    for part, name, points in parts:
        figure.add_bar(
            name=name,
            orientation="h",
            y=[plain(plan) for plan in plans],
            x=[value for value, _ in points],
            customdata=[[detail] for _, detail in points],
            marker={"color": WAYS[part]},
            hovertemplate=f"<b>%{{y}} · {name}</b><br>%{{customdata[0]}}<extra></extra>",
        )
    figure = calm(figure, currency, along="x").update_layout(
        barmode="relative",
        showlegend=True,
        height=max(height, 60 + 44 * len(plans)),
    )
    figure.update_xaxes(zeroline=True, zerolinecolor=NEUTRAL, nticks=6)
    return figure.update_yaxes(
        categoryorder="array", categoryarray=[plain(plan) for plan in plans][::-1]
    )


def resting(points: Sequence[tuple[int, float, str]], marked: Mapping[int, str]) -> Figure:
    """What share of MRR the largest customers pay together: (how many from one on, share, what the
    tooltip says). ``marked``: those that are named, with what is written beside them."""
    counts = [str(count) for count, _, _ in points]
    figure = Figure().add_scatter(
        x=counts,
        y=[share for _, share, _ in points],
        customdata=[[detail] for _, _, detail in points],
        text=[marked.get(count, "") for count, _, _ in points],
        mode="lines+markers+text",
        textposition=[
            "middle right" if count < 0.7 * len(points) else "top left" for count, _, _ in points
        ],
        line={"color": NEW, "width": 2},
        marker={"size": [9 if count in marked else 0 for count, _, _ in points]},
        fill="tozeroy",
        fillcolor="rgba(47, 127, 193, 0.10)",
        hovertemplate="%{customdata[0]}<extra></extra>",
    )
    figure = calm(figure, None).update_layout(height=TALLER)
    top = max((share for _, share, _ in points), default=0) * 1.15
    figure.update_yaxes(tickformat=",.0%", range=[0, min(max(top, 0.01), 1.02)])
    return figure.update_xaxes(type="category", tickvals=_round(len(points)))


def _round(most: int) -> list[str]:
    """Round counts for an axis, six at most."""
    powers = (size * 10**power for power in range(9) for size in (1, 2, 5))
    step = next(step for step in powers if most / step <= SIX)
    return [str(count) for count in range(step, most + 1, step)]
