"""The head of the upgrades page: its cards and its four charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard import charts, keeping, morning, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.ui import defined, kpis, picture, spelled, upgrades
from lib.billing import (
    Listing,
    Lookback,
    PlanPath,
    TrialSpan,
    UpgradeFilters,
    UpgradeItem,
    UpgradeMonth,
)

MONTHLY: Final = mark("The small chart is of the last twelve months.")


def cards(whole: UpgradeFilters, span: Lookback, code: str) -> list[kpis.Card]:
    """Of one currency and period, against the one before."""
    now = morning.upgrades(replace(whole, limit=1))
    before = morning.upgrades(replace(whole, starts=span.earlier, ends=span.starts, limit=1))
    bounds = ((span.starts, span.ends), (span.earlier, span.starts))
    tried, earlier = morning.trials(code, bounds)
    months = morning.upgrade_months(code)
    compared = _compared(span)
    minor, was = _minor(now), _minor(before)
    return [
        kpis.defined(
            "upgrades",
            fmt.number(now.total),
            tr(MONTHLY),
            delta=kpis.change(now.total - before.total),
            compared_to=compared,
            spark=tuple(float(sum(n for n, _ in m.kinds.values())) for m in months),
            spark_as="bar",
        ),
        kpis.defined(
            "upgrade_mrr",
            fmt.money_short(minor, code),
            _and_monthly(
                tr(
                    "Here {now}; before {before}.",
                    now=fmt.money(minor, code),
                    before=fmt.money(was, code),
                )
            ),
            delta=fmt.signed_short(minor - was, code) if minor != was else 0,
            compared_to=compared,
            spark=tuple(
                fmt.major(sum(amount for _, amount in m.kinds.values()), code) for m in months
            ),
            spark_as="bar",
        ),
        _conversion(tried, earlier, months),
        kpis.defined(
            "trials_started",
            fmt.number(tried.started),
            tr(MONTHLY),
            delta=kpis.change(tried.started - earlier.started),
            compared_to=compared,
            spark=tuple(float(month.trials.started) for month in months),
            spark_as="bar",
        ),
    ]


def _compared(span: Lookback) -> str:
    """What a delta is against, in few words: the same length of time, or the month, before."""
    return tr(_BEFORE.get(span.key, _MONTH_BEFORE))


_MONTH_BEFORE: Final = mark("vs month before")
_BEFORE: Final = {
    "30d": mark("vs prior 30 d"),
    "90d": mark("vs prior 90 d"),
    "12m": mark("vs prior year"),
}


def _and_monthly(told: str) -> str:
    return f"{told} {tr(MONTHLY)}"


def _minor(found: Listing[UpgradeItem]) -> int:
    return sum(part.amount_minor for part in found.sums)


def _conversion(now: TrialSpan, before: TrialSpan, months: Sequence[UpgradeMonth]) -> kpis.Card:
    ratio, was = now.conversion, before.conversion
    made = _of(now) if now.ended else None
    delta, compared, good = made, tr("small sample") if now.ended else None, "neither"
    if ratio.value is not None and was.value is not None and not (ratio.small or was.small):
        delta, compared, good = spelled.points(ratio.value - was.value), made, "up"
    elif not ratio.small:
        compared = None
    values = [month.trials.conversion.value for month in months]
    return kpis.defined(
        "trial_conversion",
        fmt.share(ratio.value),
        say(ratio.reason)
        or _and_monthly(tr("Here {now}; before {before}.", now=made, before=_of(before))),
        delta=delta,
        compared_to=compared,
        good=good,
        spark=tuple(value for value in values if value is not None),
    )


def _of(span: TrialSpan) -> str:
    return tr("{count} of {total}", count=fmt.number(span.converted), total=fmt.number(span.ended))


def matrix(cells: Sequence[PlanPath], code: str) -> None:
    """From which plan to which; a click on a bubble lists who went that way."""
    with st.container(border=True, height="stretch"):
        defined.title(
            tr("From which plan (rows) to which (columns)?"),
            "plan_path",
            more=tr("Grey: within a plan."),
        )
        if not cells:
            st.caption(tr("Nobody moved up in this period."))
            return
        drawn = tuple(
            (
                upgrades.path_key(cell),
                upgrades.plan(cell.from_plan),
                upgrades.plan(cell.to_plan),
                upgrades.path_name(cell),
                cell.count,
                cell.minor,
            )
            for cell in cells
        )
        plans = _ranked(cells)
        picture.chart(
            keeping.figure(
                "paths",
                lambda: charts.paths(drawn, plans, code),
                drawn,
                plans,
                code,
            ),
            key="paths_chart",
            on_select=_path_chosen,
            chosen=picture.held("path"),
            alt=tr(
                "Upgrades from each plan, in rows, to each plan, in columns. Choose a path below."
            ),
        )


def _ranked(cells: Sequence[PlanPath]) -> tuple[str, ...]:
    catalog = session.billing().catalog
    slugs = {slug for cell in cells for slug in (cell.from_plan, cell.to_plan)}
    known = sorted((slug for slug in slugs if slug), key=lambda s: (catalog.plan(s).rank, s))
    return tuple(upgrades.plan(slug) for slug in ([None] if None in slugs else []) + known)


def _path_chosen() -> None:
    picture.choose(path=picture.clicked("paths_chart")[0])


def trend(months: Sequence[UpgradeMonth], code: str) -> None:
    """What upgrades added, month by month; a click makes the month the period."""
    drawn = tuple((fmt.period(month.name), dict(month.kinds)) for month in months)
    with st.container(border=True, height="stretch"):
        defined.title(
            tr("Do upgrades add more than before?"),
            "upgrade_mrr",
            more=tr(
                "The last twelve months; the running one is not over. Counted every five minutes."
            ),
        )
        if not any(kinds for _, kinds in drawn):
            st.caption(tr("Nobody has moved up in the last twelve months."))
            return
        kinds = {kind: tr(name) for kind, name in upgrades.KINDS.items()}
        picture.chart(
            keeping.figure(
                "climbing", lambda: charts.climbing(drawn, kinds, code), repr(drawn), code
            ),
            key="climbing_chart",
            on_select=_month_chosen,
            alt=tr("MRR from upgrades, month by month. Choose a month above to list its upgrades."),
        )


def _month_chosen() -> None:
    upgrades.month_chosen(picture.clicked("climbing_chart")[0])


def changes(found: Listing[UpgradeItem], code: str) -> None:
    """What changed in these upgrades; a click narrows the list to it."""
    rows = tuple(
        (
            bar.key,
            upgrades.change_name(bar.key),
            float(bar.count),
            fmt.joined(
                (
                    ntr("{count} upgrade", "{count} upgrades", bar.count),
                    fmt.signed(bar.amount_minor, code),
                )
            ),
        )
        for bar in found.bars
    )
    with st.container(border=True, height="stretch"):
        defined.title(tr("What did they change?"), "upgrades", "upgrades.change")
        if not rows:
            st.caption(tr("Nobody moved up in this period."))
            return
        picture.chart(
            keeping.figure(
                "changes", lambda: charts.ranked(rows, charts.EXPANSION, None), rows, code
            ),
            key="changes_chart",
            on_select=_change_chosen,
            chosen=picture.held("changes"),
            alt=tr("Upgrades by what changed. Choose it below to list them."),
        )


def _change_chosen() -> None:
    picture.choose(changes=picture.clicked("changes_chart")[:1])


def trials(months: Sequence[UpgradeMonth]) -> None:
    """Trials by the month in which they ended: only those are in a rate."""
    drawn = tuple(
        (
            fmt.period(month.name),
            month.trials.converted,
            month.trials.ended - month.trials.converted,
            _rate(month.trials),
        )
        for month in months
    )
    with st.container(border=True, height="stretch"):
        defined.title(
            tr("How many trials become customers?"),
            "trials_converted",
            "trials_lapsed",
            "trial_conversion",
            more=tr("By the month in which a trial ended. Counted every five minutes."),
        )
        if not any(month.trials.ended for month in months):
            st.caption(tr("No trial has ended in the last twelve months."))
            return
        picture.chart(
            keeping.figure("trials", lambda: charts.trials(drawn), drawn),
            key="trials_chart",
            alt=tr("Trials that ended in each month, converted and lapsed"),
        )


def _rate(span: TrialSpan) -> str:
    ratio = span.conversion
    if ratio.value is None:
        return tr("No trial ended")
    text = (
        mark("{share} of {count} converted, small sample")
        if ratio.small
        else mark("{share} of {count} converted")
    )
    return tr(text, share=fmt.share(ratio.value), count=fmt.number(span.ended))


def everything(span: Lookback, code: str) -> UpgradeFilters:
    """All upgrades of one currency and period."""
    return UpgradeFilters(currencies=(code,), starts=span.starts, ends=span.ends)
