"""Webhooks by what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import calm, sparse
from dashboard.charts.palette import FATES
from dashboard.language import ntr, tr


def fates(days: Sequence[tuple[int, Mapping[str, int]]], timezone: str = "UTC") -> Figure:
    """Webhooks by what became of them: (first second of the day, fate → events)."""
    figure = Figure()
    names = [fmt.day(day, timezone).rpartition(" ")[0] for day, _ in days]
    told = {fate for _, held in days for fate, count in held.items() if count}
    for fate, (name, colour) in FATES.items():
        if fate not in told:
            continue
        counts = [held.get(fate, 0) for _, held in days]
        figure.add_bar(
            name=tr(name),
            x=names,
            y=counts,
            customdata=[
                [
                    f"{fmt.day(day, timezone)} · {tr(name)}",
                    ntr("{count} webhook", "{count} webhooks", n),
                ]
                for (day, _), n in zip(days, counts, strict=True)
            ],
            marker={"color": colour},
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )
    figure = calm(figure, None).update_layout(barmode="stack", showlegend=True)
    return sparse(figure, names)
