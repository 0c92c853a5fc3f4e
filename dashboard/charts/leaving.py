"""What leaves, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard.charts.ground import calm
from dashboard.charts.palette import CHURN, CONTRACTION, NEUTRAL

_DAY_MS: Final = 86_400_000


def runway(
    weeks: Sequence[tuple[int, int, int]], currency: str | None, today: date, timezone: str
) -> go.Figure:
    """What ends in each week: (Monday as unix second, MRR in minor units, subscriptions).

    ``currency`` None shows subscriptions instead of money: what a role without totals may see.
    """
    days = [fmt.today(second, timezone) for second, _, _ in weeks]
    values = [fmt.major(minor, currency) if currency else count for _, minor, count in weeks]
    details = [
        fmt.joined(
            (
                fmt.money(minor, currency) if currency else None,
                fmt.plural(count, "subscription"),
            )
        )
        for _, minor, count in weeks
    ]
    overdue = [day + timedelta(days=7) <= today for day in days]
    figure = go.Figure(
        go.Bar(
            x=days,
            y=values,
            width=[5 * _DAY_MS] * len(days),
            customdata=[
                [_week(day, today), detail] for day, detail in zip(days, details, strict=True)
            ],
            marker={"color": [NEUTRAL if late else CHURN for late in overdue]},
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )
    )
    shown = ((days[-1] - days[0]).days // 7 if days else 0) + 1
    return calm(figure, currency).update_xaxes(
        type="date",
        tick0=days[0] if days else None,
        dtick=7 * _DAY_MS * -(-shown // 8),
        tickformat="%-d %b",
    )


def _week(monday: date, today: date) -> str:
    this = today - timedelta(days=today.weekday())
    return "This week" if monday == this else f"Week of {monday.day} {monday:%b %Y}"


def ahead(
    weeks: Sequence[tuple[str, str, int, int, int]], currency: str, chosen: str | None = None
) -> go.Figure:
    """What leaves MRR week by week, by why: (Monday, its name, by ends and by downgrades in minor
    units, subscriptions). Weeks of nothing keep their place."""
    figure = go.Figure()
    for name, at, colour in (("Ends", 2, CHURN), ("Downgrades", 3, CONTRACTION)):
        if not any(week[at] for week in weeks):
            continue
        figure.add_bar(
            name=name,
            x=[week[1] for week in weeks],
            y=[fmt.major(int(week[at]), currency) for week in weeks],
            customdata=[
                [
                    week[0],
                    week[1],
                    fmt.money(int(week[at]), currency),
                    fmt.joined(
                        (
                            f"{fmt.money(week[2] + week[3], currency)} in all",
                            fmt.plural(week[4], "subscription"),
                        )
                    ),
                ]
                for week in weeks
            ],
            marker={
                "color": colour,
                "opacity": [1.0 if chosen in (None, week[0]) else 0.35 for week in weeks],
            },
            hovertemplate=(
                f"<b>%{{customdata[1]}}</b><br>{name}: %{{customdata[2]}}"
                "<br>%{customdata[3]}<extra></extra>"
            ),
        )
    figure = calm(figure, currency).update_layout(barmode="stack", showlegend=True)
    figure.update_layout(legend={"traceorder": "normal"})
    return figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[week[1] for week in weeks],
        range=[-0.5, len(weeks) - 0.5],
        tickangle=None,
        autotickangles=[0, 45],
    )
