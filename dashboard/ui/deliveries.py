"""How webhooks arrived: what became of each day's, and how long they were under way."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, keeping
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import defined, notes, picture, tables
from lib.billing import Deliveries, Lag


def draw(seen: Deliveries) -> None:
    left, right = st.columns([3, 2])
    with left:
        _chart(seen)
    with right:
        _lags(seen)
    if any(day.fates for day in seen.days):
        _days(seen)


def _chart(seen: Deliveries) -> None:
    # Days of arrival are counted in UTC, whatever the business's time zone is.
    days = tuple((day.day, tuple(sorted(day.fates.items()))) for day in seen.days)
    with st.container(border=True, height="stretch"):
        defined.title(
            tr("What became of each day's webhooks?"),
            *(f"webhooks_{fate}" for fate in charts.FATES),
        )
        if not any(fates for _, fates in days):
            notes.empty(
                tr("No webhook in the last two weeks."),
                hint=tr("Each day's deliveries show here by what became of them."),
                icon=":material/webhook:",
            )
            return
        picture.chart(
            keeping.figure(
                "fates", lambda: charts.fates([(day, dict(fates)) for day, fates in days]), days
            ),
            key="fates",
            alt=tr("Webhooks by UTC day and by what became of them"),
        )


def _lags(seen: Deliveries) -> None:
    column = st.column_config
    with st.container(border=True, height="stretch"):
        defined.title(tr("How long are they under way?"), "webhook_lag")
        tables.show(
            [_lag(tr("24 hours"), seen.day), _lag(tr("7 days"), seen.week)],
            {
                "span": column.TextColumn(tr("Last")),
                "count": defined.count("webhooks"),
                "half": column.TextColumn("p50"),
                "most": column.TextColumn("p95"),
                "late": defined.count("late_webhooks"),
            },
            key="lags",
            ids=["day", "week"],
            alt=tr("Webhook lag of the last day and the last week"),
            choose=False,
        )
        st.caption(
            tr(
                "From Stripe's “created” to the arrival here. Late is over an hour: the receiver "
                "was away, or Stripe had to send again. What comes late is put into its place in "
                "history. Counted every {minutes} minutes.",
                minutes=keeping.COUNTED_EVERY,
            )
        )


def _lag(name: str, lag: Lag) -> dict[str, object]:
    return {
        "span": name,
        "count": lag.deliveries,
        "half": None if lag.p50 is None else fmt.span(lag.p50),
        "most": None if lag.p95 is None else fmt.span(lag.p95),
        "late": lag.late,
    }


def _days(seen: Deliveries) -> None:
    column = st.column_config
    tables.show(
        [
            {
                "day": fmt.today(day.day, "UTC"),
                "all": sum(day.fates.values()),
                **{fate: day.fates.get(fate, 0) for fate in charts.FATES},
            }
            for day in reversed(seen.days)
            if day.fates
        ],
        {
            "day": column.DateColumn(tr("Day (UTC)")),
            "all": defined.count("webhooks"),
            **{fate: defined.count(f"webhooks_{fate}") for fate in charts.FATES},
        },
        key="days",
        ids=[str(day.day) for day in seen.days],
        alt=tr("Webhooks by day and by what became of them, the latest day first"),
        choose=False,
    )
