"""Bars: ranked causes, and plans by interval."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as fmt
from dashboard.charts.figure import Figure
from dashboard.charts.ground import HEIGHT, calm, plain
from dashboard.charts.palette import PLAN_SCALE
from dashboard.language import ntr


def ranked(
    rows: Sequence[tuple[str, str, float, str]], colour: str, currency: str | None
) -> Figure:
    """Horizontal bars, largest on top: (key, label, value, what the tooltip says)."""
    rows = list(reversed(rows))
    figure = Figure().add_bar(
        x=[value for _, _, value, _ in rows],
        y=[plain(label) for _, label, _, _ in rows],
        customdata=[[key, detail] for key, _, _, detail in rows],
        orientation="h",
        marker={"color": colour},
        hovertemplate="<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
    )
    figure = calm(figure, currency, along="x")
    return figure.update_layout(height=max(HEIGHT, 44 + 30 * len(rows)))


def plans(
    cells: Sequence[tuple[str, str, str, int, int]], currency: str, *, people: bool = False
) -> Figure:
    """MRR by plan, or its customers, split by interval:
    (plan, plan's name, interval, minor units, customers)."""
    names = {plan: plain(name) for plan, name, _, _, _ in cells}
    totals = dict.fromkeys(names, 0)
    for plan, _, _, minor, customers in cells:
        totals[plan] += customers if people else minor
    order = sorted(totals, key=lambda plan: totals[plan])
    figure = Figure()
    intervals = sorted({interval for _, _, interval, _, _ in cells}, key=_interval_rank)
    for index, interval in enumerate(intervals):
        held = {plan: (minor, people) for plan, _, of, minor, people in cells if of == interval}
        shown = [plan for plan in order if plan in held]
        figure.add_bar(
            name=interval,
            orientation="h",
            y=[names[plan] for plan in shown],
            x=[held[plan][1] if people else fmt.major(held[plan][0], currency) for plan in shown],
            customdata=[
                [plan, interval, _money_and_people(*held[plan], currency)] for plan in shown
            ],
            marker={"color": PLAN_SCALE[index % len(PLAN_SCALE)]},
            hovertemplate="<b>%{y} · %{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )
    figure = calm(figure, None if people else currency, along="x")
    figure.update_layout(barmode="stack", showlegend=True)
    figure.update_yaxes(categoryorder="array", categoryarray=[names[plan] for plan in order])
    return figure.update_layout(height=max(HEIGHT, 60 + 38 * len(order)))


def _money_and_people(minor: int, people: int, currency: str) -> str:
    return fmt.joined(
        (fmt.money(minor, currency), ntr("{count} customer", "{count} customers", people))
    )


def _interval_rank(interval: str) -> tuple[int, str]:
    order = tuple(fmt.every(unit, 1) for unit in ("month", "year", "week", "day"))
    return (order.index(interval) if interval in order else len(order), interval)
