"""Data into figures. Colours mean the same on every page and are safe for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import plotly.graph_objects as go

from dashboard import format as fmt

# One cool family for what grows, one warm family for what shrinks; both readable on either theme.
NEW: Final = "#2F7FC1"
EXPANSION: Final = "#2A9D8F"
REACTIVATION: Final = "#7DA9D6"
CONTRACTION: Final = "#E0995E"
CHURN: Final = "#C1602F"
AT_RISK: Final = "#D9A021"
FAILED: Final = "#C8453B"
NEUTRAL: Final = "#8A94A0"
PLAN_SCALE: Final = ("#2F7FC1", "#2A9D8F", "#8E7CC3", "#7DA9D6", "#8A94A0", "#B59A5B")

KIND_COLOURS: Final = {
    "new": NEW,
    "expansion": EXPANSION,
    "reactivation": REACTIVATION,
    "contraction": CONTRACTION,
    "churn": CHURN,
}

FATES: Final = {
    "applied": ("Applied", NEW),
    "stale": ("Into history", REACTIVATION),
    "repeated": ("Duplicate", EXPANSION),
    "ignored": ("Ignored", NEUTRAL),
    "failed": ("Failed", FAILED),
}
"""What became of a webhook → what it is called and its colour."""

AGES: Final = (NEUTRAL, AT_RISK, CONTRACTION, "#D2733F", CHURN, FAILED)
"""The older a debt, the warmer."""

OUTCOMES: Final = {"recovered": EXPANSION, "in_progress": NEUTRAL, "lost": FAILED}

CONFIG: Final = {"displayModeBar": False}
_HEIGHT: Final = 240
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
    return _calm(figure, currency).update_xaxes(
        type="date",
        tick0=days[0] if days else None,
        dtick=7 * _DAY_MS * -(-shown // 8),
        tickformat="%-d %b",
    )


def ranked(
    rows: Sequence[tuple[str, str, float, str]], colour: str, currency: str | None
) -> go.Figure:
    """Horizontal bars, largest on top: (key, label, value, what the tooltip says)."""
    rows = list(reversed(rows))
    figure = go.Figure(
        go.Bar(
            x=[value for _, _, value, _ in rows],
            y=[_plain(label) for _, label, _, _ in rows],
            customdata=[[key, detail] for key, _, _, detail in rows],
            orientation="h",
            marker={"color": colour},
            hovertemplate="<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
        )
    )
    figure = _calm(figure, currency, along="x")
    return figure.update_layout(height=max(_HEIGHT, 44 + 30 * len(rows)))


def plans(cells: Sequence[tuple[str, str, str, int, int]], currency: str) -> go.Figure:
    """MRR by plan, split by interval: (plan, plan's name, interval, minor units, customers)."""
    names = {plan: _plain(name) for plan, name, _, _, _ in cells}
    totals = dict.fromkeys(names, 0)
    for plan, _, _, minor, _ in cells:
        totals[plan] += minor
    order = sorted(totals, key=lambda plan: totals[plan])
    figure = go.Figure()
    intervals = sorted({interval for _, _, interval, _, _ in cells}, key=_interval_rank)
    for index, interval in enumerate(intervals):
        held = {plan: (minor, people) for plan, _, of, minor, people in cells if of == interval}
        shown = [plan for plan in order if plan in held]
        figure.add_bar(
            name=interval,
            orientation="h",
            y=[names[plan] for plan in shown],
            x=[fmt.major(held[plan][0], currency) for plan in shown],
            customdata=[
                [plan, interval, _money_and_people(*held[plan], currency)] for plan in shown
            ],
            marker={"color": PLAN_SCALE[index % len(PLAN_SCALE)]},
            hovertemplate="<b>%{y} · %{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )
    figure = _calm(figure, currency, along="x").update_layout(barmode="stack", showlegend=True)
    figure.update_yaxes(categoryorder="array", categoryarray=[names[plan] for plan in order])
    return figure.update_layout(
        legend={"traceorder": "normal"}, height=max(_HEIGHT, 60 + 38 * len(order))
    )


def fates(days: Sequence[tuple[int, Mapping[str, int]]], timezone: str = "UTC") -> go.Figure:
    """Webhooks by what became of them: (first second of the day, fate → events)."""
    figure = go.Figure()
    told = {fate for _, held in days for fate, count in held.items() if count}
    for fate, (name, colour) in FATES.items():
        if fate not in told:
            continue
        counts = [held.get(fate, 0) for _, held in days]
        figure.add_bar(
            name=name,
            x=[fmt.today(day, timezone) for day, _ in days],
            y=counts,
            customdata=[
                [f"{fmt.day(day, timezone)} · {name}", fmt.plural(n, "webhook")]
                for (day, _), n in zip(days, counts, strict=True)
            ],
            marker={"color": colour},
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )
    figure = _calm(figure, None).update_layout(barmode="stack", showlegend=True)
    return figure.update_xaxes(type="date", tickformat="%-d %b", nticks=7)


def _money_and_people(minor: int, people: int, currency: str) -> str:
    return fmt.joined((fmt.money(minor, currency), fmt.plural(people, "customer")))


def trend(points: Sequence[tuple[int, int]], currency: str, timezone: str) -> go.Figure:
    """MRR at the end of each day: (unix second, minor units)."""
    figure = go.Figure(
        go.Scatter(
            x=[fmt.moment(second, timezone) for second, _ in points],
            y=[fmt.major(minor, currency) for _, minor in points],
            customdata=[
                [fmt.money(minor, currency), fmt.day(second, timezone)] for second, minor in points
            ],
            mode="lines",
            line={"color": NEW, "width": 2},
            fill="tozeroy",
            fillcolor="rgba(47, 127, 193, 0.10)",
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[0]}<extra></extra>",
        )
    )
    figure = _calm(figure, currency)
    lowest = min((fmt.major(minor, currency) for _, minor in points), default=0)
    highest = max((fmt.major(minor, currency) for _, minor in points), default=1)
    room = max((highest - lowest) * 0.25, highest * 0.01, 1)
    # MRR moves by a few per cent a month: an axis from zero would draw every month as a flat line.
    figure.update_xaxes(tickformat="%-d %b")
    return figure.update_yaxes(range=[max(lowest - room, 0), highest + room])


def ageing(rows: Sequence[tuple[str, str, int, int]], currency: str) -> go.Figure:
    """What is owed by age: (bucket, its name, minor units, invoices), the youngest first."""
    figure = go.Figure(
        go.Bar(
            x=[_plain(label) for _, label, _, _ in rows],
            y=[fmt.major(minor, currency) for _, _, minor, _ in rows],
            customdata=[
                [key, fmt.joined((fmt.money(minor, currency), fmt.plural(count, "invoice")))]
                for key, _, minor, count in rows
            ],
            marker={"color": [AGES[min(n, len(AGES) - 1)] for n in range(len(rows))]},
            hovertemplate="<b>%{x}</b><br>%{customdata[1]}<extra></extra>",
        )
    )
    # On a phone the names of the ages would overlap.
    return _calm(figure, currency).update_xaxes(
        type="category", tickangle=None, autotickangles=[0, 45]
    )


def recovery(
    rows: Sequence[tuple[str, Mapping[str, int]]], names: Mapping[str, str], currency: str
) -> go.Figure:
    """What became of what failed: (period, part → minor units), stacked in ``names``' order."""
    figure = go.Figure()
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
    figure = _calm(figure, currency).update_layout(barmode="stack", showlegend=len(names) > 1)
    figure.update_layout(legend={"traceorder": "normal"})
    return figure.update_xaxes(type="category", nticks=8)


def trend_ahead(
    past: Sequence[tuple[int, int]],
    ahead: Sequence[tuple[int, int]],
    currency: str,
    timezone: str,
) -> go.Figure:
    """The trend, and what is to leave from now on: dashed, step by step down to committed MRR."""
    figure = trend([*past, *ahead], currency, timezone)
    figure.data = ()
    for name, points, line in (
        ("MRR", past, {"color": NEW, "width": 2}),
        ("To committed MRR", ahead, {"color": CHURN, "width": 2, "dash": "dot", "shape": "hv"}),
    ):
        if points:
            figure.add_scatter(
                name=name,
                x=[fmt.moment(second, timezone) for second, _ in points],
                y=[fmt.major(minor, currency) for _, minor in points],
                customdata=[
                    [fmt.money(minor, currency), fmt.day(second, timezone)]
                    for second, minor in points
                ],
                mode="lines",
                line=line,
                hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[0]}<extra></extra>",
            )
    return figure.update_layout(showlegend=bool(ahead)).update_xaxes(tickformat="%b %Y", nticks=6)


def waterfall(
    steps: Sequence[tuple[str, str, int, int]], currency: str, balances: Sequence[str]
) -> go.Figure:
    """From opening to closing: (part, its label, minor units, how much of it is reconstructed)."""
    level, levels = 0, [0]
    seen: list[list[Any]] = []
    inferred: list[list[Any]] = []
    for part, label, minor, guessed in steps:
        start = 0 if part in balances else level
        level, sign = start + minor, fmt.money if part in balances else fmt.signed
        tip = sign(minor, currency)
        colour = KIND_COLOURS.get(part, NEUTRAL)
        seen.append([label, start, minor - guessed, colour, part, tip])
        if guessed:
            tip = f"{tip}, reconstructed {sign(guessed, currency)}"
            inferred.append([label, start + minor - guessed, guessed, colour, part, tip])
        levels.append(level)
    figure = go.Figure()
    for name, bars, shape in (("Told by events", seen, ""), ("Reconstructed", inferred, "/")):
        if bars:
            figure.add_bar(
                name=name,
                x=[label for label, *_ in bars],
                base=[fmt.major(start, currency) for _, start, *_ in bars],
                y=[fmt.major(minor, currency) for _, _, minor, *_ in bars],
                marker={"color": [bar[3] for bar in bars], "pattern": {"shape": shape}},
                customdata=[[part, tip] for *_, part, tip in bars],
                hovertemplate="<b>%{x}</b><br>%{customdata[1]}<extra></extra>",
            )
    figure = _calm(figure, currency).update_layout(barmode="overlay", bargap=0.25)
    low, high = min(levels[1:], default=0), max(levels)
    # A month moves MRR by a few per cent: from zero its movements would be hairlines.
    floor = low - (high - low) * 0.4 if 0 < (high - low) * 0.4 < low else min(low, 0)
    room = (high - floor) * 0.06
    axis = [fmt.major(round(floor), currency), fmt.major(round(high + room), currency)]
    figure.update_xaxes(tickangle=None, autotickangles=[0, 45])  # on a phone they would overlap
    return figure.update_yaxes(range=axis)


def _calm(figure: go.Figure, currency: str | None, along: str = "y") -> go.Figure:
    """No clutter: no axis titles, one set of quiet grid lines, a horizontal legend."""
    values: dict[str, Any] = {
        "title": None,
        "nticks": 5,
        "tickprefix": _symbol(currency) if currency else None,
        # Not SI's: half a dollar would be "$500m", a billion "$1G".
        **(
            {"exponentformat": "B", "minexponent": 3, "separatethousands": True}
            if currency
            else {"tickformat": ",d"}
        ),
        "zeroline": False,
        "fixedrange": True,
    }
    names: dict[str, Any] = {
        "title": None,
        "showgrid": False,
        "fixedrange": True,
        "ticks": "",
        "tickangle": 0,
        "automargin": True,
    }
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        bargap=0.35,
        showlegend=False,
        dragmode=False,
        clickmode="event+select",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
        hoverlabel={"align": "left"},
        xaxis=values if along == "x" else names,
        yaxis=names if along == "x" else values,
    )
    return figure


def _symbol(currency: str) -> str:
    return fmt.money(0, currency).split("0", 1)[0]


def _week(monday: date, today: date) -> str:
    this = today - timedelta(days=today.weekday())
    return "This week" if monday == this else f"Week of {monday.day} {monday:%b %Y}"


def _plain(label: str) -> str:
    """Plotly reads a little HTML in names: show it as it was written."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _interval_rank(interval: str) -> tuple[int, str]:
    order = ("Monthly", "Yearly", "Weekly", "Daily")
    return (order.index(interval) if interval in order else len(order), interval)
