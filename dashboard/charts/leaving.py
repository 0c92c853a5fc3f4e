"""What leaves, week by week, of which plan and for which reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import HEIGHT, calm, plain, worded
from dashboard.charts.palette import CHURN, CONTRACTION, LEAVING_SCALE, NEUTRAL
from dashboard.language import ntr, tr

_DAY_MS: Final = 86_400_000
FAINT: Final = 0.3

OTHERS: Final = "\u2026"
"""The part that all small parts are put into."""

Cell = tuple[str, str, int, int]
"""Monday (ISO), part, minor units, subscriptions."""


def runway(
    cells: Sequence[Cell],
    names: Sequence[tuple[str, str]],
    currency: str | None,
    today: date,
    chosen: tuple[str | None, Collection[str]] = (None, ()),
) -> Figure:
    """What ends in each week, stacked by part: ``names`` are (part, what it is called), the largest
    first. Each bar carries its Monday and its part.

    ``currency`` None shows subscriptions instead of money: what a role without totals may see.
    ``chosen``: the week and the parts that the list is narrowed to; all others are faint.
    """
    whole: dict[str, tuple[int, int]] = {}
    for week, _, minor, count in cells:
        held = whole.get(week, (0, 0))
        whole[week] = (held[0] + minor, held[1] + count)
    figure = Figure()
    for number, (part, name) in enumerate(names):
        mine = [cell for cell in cells if cell[1] == part]
        figure.add_bar(
            name=plain(name),
            x=[week for week, *_ in mine],
            y=[fmt.major(m, currency) if currency else n for _, _, m, n in mine],
            width=[5 * _DAY_MS] * len(mine),
            customdata=[
                [
                    week,
                    part,
                    _week(date.fromisoformat(week), today),
                    _amount(minor, count, currency),
                    tr("{amount} in all", amount=_amount(*whole[week], currency)),
                ]
                for week, _, minor, count in mine
            ],
            marker={
                "color": NEUTRAL if part == OTHERS else LEAVING_SCALE[number % len(LEAVING_SCALE)],
                "opacity": [_opacity(week, part, chosen) for week, *_ in mine],
                "pattern": {
                    "shape": ["/" if _late(week, today) else "" for week, *_ in mine],
                    "solidity": 0.3,
                },
            },
            hovertemplate=(
                "<b>%{customdata[2]}</b><br>"
                + worded(name)
                + ": %{customdata[3]}<br>%{customdata[4]}<extra></extra>"
            ),
        )
    figure = calm(figure, currency).update_layout(barmode="stack", showlegend=len(names) > 1)
    figure.update_layout(height=HEIGHT + 40)
    if currency is None and max((count for _, count in whole.values()), default=0) <= 5:
        figure.update_yaxes(dtick=1)  # no half subscriptions
    days = sorted(date.fromisoformat(week) for week in whole)
    shown = ((days[-1] - days[0]).days // 7 if days else 0) + 1
    ticks = (
        [days[0] + timedelta(days=7 * n) for n in range(0, shown, -(-shown // 6))] if days else []
    )
    return figure.update_xaxes(
        type="date",
        tickvals=ticks,
        ticktext=[fmt.calendar_day(day).rpartition(" ")[0] for day in ticks],
    )


def _late(week: str, today: date) -> bool:
    return date.fromisoformat(week) + timedelta(days=7) <= today


def _opacity(week: str, part: str, chosen: tuple[str | None, Collection[str]]) -> float:
    wanted, parts = chosen
    return 1.0 if wanted in (None, week) and (not parts or part in parts) else FAINT


def _amount(minor: int, count: int, currency: str | None) -> str:
    return fmt.joined(
        (
            fmt.money(minor, currency) if currency else None,
            ntr("{count} subscription", "{count} subscriptions", count),
        )
    )


def _week(monday: date, today: date) -> str:
    this = today - timedelta(days=today.weekday())
    if monday == this:
        return tr("This week")
    if monday < this:
        return tr("Week of {day}, overdue", day=fmt.calendar_day(monday))
    return tr("Week of {day}", day=fmt.calendar_day(monday))


def reasons(rows: Sequence[tuple[str, str, int, int]], currency: str | None) -> Figure:
    """Why it ends: (reason, what it is called, minor units, subscriptions), the largest first; both
    numbers stand beside each bar."""
    rows = list(reversed(rows))
    values: list[Any] = [fmt.major(m, currency) if currency else n for _, _, m, n in rows]
    figure = Figure().add_bar(
        x=values,
        y=[plain(name) for _, name, _, _ in rows],
        customdata=[[key, _amount(m, n, currency)] for key, _, m, n in rows],
        orientation="h",
        text=[_amount_short(m, n, currency) for _, _, m, n in rows],
        textposition="outside",
        marker={"color": CHURN},
        hovertemplate="<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
    )
    figure = calm(figure, currency, along="x")
    figure.update_xaxes(range=[0, max(values, default=1) * 1.4 or 1], showticklabels=False)
    return figure.update_layout(height=max(HEIGHT + 40, 20 + 30 * len(rows)))


def _amount_short(minor: int, count: int, currency: str | None) -> str:
    return (
        f"{fmt.money_short(minor, currency)} · {fmt.number(count)}"
        if currency
        else fmt.number(count)
    )


def ahead(weeks: Sequence[tuple[str, str, int, int, int]], currency: str) -> Figure:
    """What leaves MRR week by week, by why: (Monday, its name, by ends and by downgrades in minor
    units, subscriptions). Weeks of nothing keep their place."""
    figure = Figure()
    for name, at, colour in ((tr("Ends"), 2, CHURN), (tr("Downgrades"), 3, CONTRACTION)):
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
                            tr("{amount} in all", amount=fmt.money(week[2] + week[3], currency)),
                            ntr("{count} subscription", "{count} subscriptions", week[4]),
                        )
                    ),
                ]
                for week in weeks
            ],
            marker={"color": colour},
            hovertemplate=(
                f"<b>%{{customdata[1]}}</b><br>{name}: %{{customdata[2]}}"
                "<br>%{customdata[3]}<extra></extra>"
            ),
        )
    figure = calm(figure, currency).update_layout(barmode="stack", showlegend=True)
    return figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[week[1] for week in weeks],
        range=[-0.5, len(weeks) - 0.5],
        tickangle=None,
        autotickangles=[0, 45],
    )
