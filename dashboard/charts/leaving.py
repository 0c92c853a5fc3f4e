"""What leaves, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard.charts.ground import calm
from dashboard.charts.palette import CHURN, NEUTRAL

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
