"""Upgrades: from which plan to which, month by month, and what becomes of trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Final

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm, plain, sparse
from dashboard.charts.palette import CONTRACTION, EXPANSION, KIND_COLOURS, NEUTRAL, NEW
from dashboard.language import ntr, tr

WITHIN: Final = NEUTRAL
LARGEST: Final = 46
"""Pixels across of the largest bubble."""
SMALLEST: Final = 20
FEW: Final = 5


def paths(
    cells: Sequence[tuple[str, str, str, str, int, int]],
    plans: Sequence[str],
    currency: str,
) -> Figure:
    """The matrix of plan paths, a bubble each: (key, from, to, its name, upgrades, minor units).

    ``plans``: their names, the lowest first. Steps within a plan are grey, steps to another blue.
    """
    most = max((count for *_, count, _ in cells), default=1)
    figure = Figure().add_scatter(
        x=[plain(to) for _, _, to, _, _, _ in cells],
        y=[plain(was) for _, was, *_ in cells],
        mode="markers+text",
        text=[fmt.number(count) for *_, count, _ in cells],
        textfont={"color": "#FFFFFF", "size": 12},
        marker={
            "size": [max(LARGEST * sqrt(count / most), SMALLEST) for *_, count, _ in cells],
            "color": [NEW if was != to else WITHIN for _, was, to, *_ in cells],
            "line": {"width": 0},
        },
        customdata=[
            [
                key,
                plain(name),
                fmt.joined((_upgrades(count), fmt.signed(minor, currency))),
            ]
            for key, _, _, name, count, minor in cells
        ],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
    )
    names = [plain(name) for name in plans]
    calm(figure, None)
    axis = {"type": "category", "categoryorder": "array", "tickformat": None}
    room = [-0.6, len(names) - 0.4]
    figure.update_xaxes(**axis, categoryarray=names, range=room, side="top", showgrid=True)
    figure.update_yaxes(**axis, categoryarray=names, range=room[::-1], showgrid=True)
    return figure.update_layout(height=max(240, 48 + 54 * len(names)))


def climbing(
    months: Sequence[tuple[str, Mapping[str, tuple[int, int]]]],
    kinds: Mapping[str, str],
    currency: str,
) -> Figure:
    """What upgrades did to MRR, month by month: (month, kind → how many and minor units).

    ``kinds``: each kind's name, in the order in which they are stacked.
    """
    figure = Figure()
    for kind, name in kinds.items():
        held = [of.get(kind, (0, 0)) for _, of in months]
        if not any(count for count, _ in held):
            continue
        figure.add_bar(
            name=name,
            x=[month for month, _ in months],
            y=[fmt.major(minor, currency) for _, minor in held],
            customdata=[
                [month, fmt.joined((fmt.signed(minor, currency), _upgrades(count)))]
                for (month, _), (count, minor) in zip(months, held, strict=True)
            ],
            marker={"color": KIND_COLOURS.get(kind, CONTRACTION)},
            hovertemplate=(
                f"<b>%{{customdata[0]}} · {plain(name)}</b><br>%{{customdata[1]}}<extra></extra>"
            ),
        )
    figure = calm(figure, currency).update_layout(barmode="relative", showlegend=True)
    return sparse(figure, [month for month, _ in months])


def trials(months: Sequence[tuple[str, int, int, str]]) -> Figure:
    """Trials by the month of their end: (month, converted, lapsed, the rate in words)."""
    figure = Figure()
    for name, at, colour in (
        (tr("Trials converted"), 1, EXPANSION),
        (tr("Trials lapsed"), 2, NEUTRAL),
    ):
        figure.add_bar(
            name=name,
            x=[month[0] for month in months],
            y=[month[at] for month in months],
            customdata=[
                [month[0], ntr("{count} trial", "{count} trials", int(month[at])), month[3]]
                for month in months
            ],
            marker={"color": colour},
            hovertemplate=(
                f"<b>%{{customdata[0]}} · {name}</b><br>%{{customdata[1]}}"
                "<br>%{customdata[2]}<extra></extra>"
            ),
        )
    figure = calm(figure, None).update_layout(barmode="stack", showlegend=True)
    most = max((month[1] + month[2] for month in months), default=0)
    if most <= FEW:  # else the axis would name halves of a trial, rounded
        figure.update_yaxes(dtick=1)
    return sparse(figure, [month[0] for month in months])


def _upgrades(count: int) -> str:
    return ntr("{count} upgrade", "{count} upgrades", count)
