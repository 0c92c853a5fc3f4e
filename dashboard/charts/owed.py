"""What is owed by age, and what became of what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm, plain, sparse
from dashboard.charts.palette import AGES, OUTCOMES
from dashboard.language import ntr


def ageing(rows: Sequence[tuple[str, str, int, int]], currency: str) -> Figure:
    """What is owed by age: (bucket, its name, minor units, invoices), the youngest first."""
    figure = Figure().add_bar(
        x=[plain(label) for _, label, _, _ in rows],
        y=[fmt.major(minor, currency) for _, _, minor, _ in rows],
        customdata=[
            [
                key,
                fmt.joined(
                    (
                        fmt.money(minor, currency),
                        ntr("{count} invoice", "{count} invoices", count),
                    )
                ),
            ]
            for key, _, minor, count in rows
        ],
        marker={"color": [AGES[min(n, len(AGES) - 1)] for n in range(len(rows))]},
        hovertemplate="<b>%{x}</b><br>%{customdata[1]}<extra></extra>",
    )
    # On a phone the names of the ages would overlap.
    return calm(figure, currency).update_xaxes(
        type="category", tickangle=None, autotickangles=[0, 45]
    )


def recovery(
    rows: Sequence[tuple[str, Mapping[str, int]]], names: Mapping[str, str], currency: str
) -> Figure:
    """What became of what failed: (period, part → minor units), stacked in ``names``' order."""
    figure = Figure()
    for part, name in names.items():
        figure.add_bar(
            name=name,
            x=[period for period, _ in rows],
            y=[fmt.major(held.get(part, 0), currency) for _, held in rows],
            customdata=[
                [f"{period} · {name}", fmt.money(held.get(part, 0), currency)]
                for period, held in rows
            ],
            marker={"color": OUTCOMES[part]},
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )
    figure = calm(figure, currency).update_layout(barmode="stack", showlegend=len(names) > 1)
    return sparse(figure, [period for period, _ in rows])
