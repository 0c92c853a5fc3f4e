"""What became of scheduled ends, and of what a runway had said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm, plain, sparse
from dashboard.charts.palette import FATES_OF_ENDS, SAVED
from dashboard.language import ntr, tr


def saves(
    rows: Sequence[tuple[str, str, Mapping[str, int]]],
    names: Mapping[str, str],
    *,
    across: bool = False,
) -> Figure:
    """Schedules by what became of them: (month or reason, what it is called, outcome → how many),
    stacked in ``names``' order. ``across``: bars lie, the first on top."""
    figure = Figure()
    shown = list(reversed(rows)) if across else list(rows)
    called = [plain(name) for _, name, _ in shown]
    for outcome, name in names.items():
        counts = [held.get(outcome, 0) for _, _, held in shown]
        figure.add_bar(
            name=tr(name),
            orientation="h" if across else "v",
            x=counts if across else called,
            y=called if across else counts,
            customdata=[
                [key, outcome, fmt.joined((label, tr(name))), fmt.number(count)]
                for (key, _, _), label, count in zip(shown, called, counts, strict=True)
            ],
            marker={"color": SAVED[outcome]},
            hovertemplate="<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>",
        )
    figure = calm(figure, None, along="x" if across else "y")
    figure.update_layout(barmode="stack", showlegend=True)
    if across:
        return figure.update_layout(height=max(240, 60 + 30 * len(rows)))
    return sparse(figure, called)


def back_test(
    rows: Sequence[tuple[str, Sequence[tuple[str, str, int, int]]]], currency: str
) -> Figure:
    """Two bars that share what came true: (what the bar is, its parts as (fate, what it is called,
    minor units, subscriptions))."""
    figure = Figure()
    named: set[str] = set()
    for label, parts in reversed(rows):
        for fate, name, minor, count in parts:
            figure.add_bar(
                name=name,
                legendgroup=fate,
                showlegend=fate not in named,
                orientation="h",
                y=[plain(label)],
                x=[fmt.major(minor, currency)],
                width=[0.55],
                customdata=[
                    [
                        fate,
                        fmt.joined((label, name)),
                        fmt.joined(
                            (
                                fmt.money(minor, currency),
                                ntr("{count} subscription", "{count} subscriptions", count),
                            )
                        ),
                    ]
                ],
                marker={"color": FATES_OF_ENDS[fate]},
                hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
            )
            named.add(fate)
    figure = calm(figure, currency, along="x").update_layout(barmode="stack", showlegend=True)
    return figure.update_layout(height=200)


def _subscriptions(count: int) -> str:
    return ntr("{count} subscription", "{count} subscriptions", count)
