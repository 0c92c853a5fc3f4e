"""The head of the overview: four numbers, and what moved MRR this month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import streamlit as st

from dashboard import charts, keeping
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.ui import defined, kpis, picture, rolling, spelled, titles
from lib.billing import MonthStanding, OverviewCurrency, Ratio, RollForward, RollForwardLine, Runway

MONTHS = 13
MOVES = tuple(
    f"{kind}_mrr" for kind in ("new", "reactivation", "expansion", "contraction", "churned")
)


def cards(
    money: OverviewCurrency, periods: Sequence[MonthStanding], runway: Runway
) -> list[kpis.Card]:
    """Of one currency. ``periods``: months, the running one last."""
    code = money.currency
    return [
        kpis.defined(
            "mrr",
            fmt.money_short(money.mrr_minor, code),
            " ".join(
                part
                for part in (
                    tr("Now {amount}.", amount=fmt.money(money.mrr_minor, code)),
                    _uncounted(money.uncounted),
                    tr("The small chart is of the last 30 days."),
                )
                if part
            ),
            delta=fmt.signed_short(money.month_delta_minor, code) if money.month_delta_minor else 0,
            compared_to=tr("this month"),
            spark=tuple(fmt.major(point.amount_minor, code) for point in money.sparkline),
        ),
        _committed(money, runway),
        _people(money, periods),
        _net_churn(periods),
    ]


def _uncounted(count: int) -> str:
    if not count:
        return ""
    return ntr(
        "Left out: {count} subscription without a known price.",
        "Left out: {count} subscriptions without a known price.",
        count,
    )


def _committed(money: OverviewCurrency, runway: Runway) -> kpis.Card:
    code, leaves = money.currency, money.committed_minor - money.mrr_minor
    steps = [money.mrr_minor - runway.overdue_minor, *(-week.minor for week in runway.weeks)]
    return kpis.defined(
        "committed_mrr",
        fmt.money_short(money.committed_minor, code),
        tr(
            "Now {amount}. The small chart is what scheduled ends leave of MRR in the next eight "
            "weeks.",
            amount=fmt.money(money.committed_minor, code),
        ),
        delta=fmt.signed_short(leaves, code) if leaves else None,
        compared_to=tr("to leave") if leaves else tr("nothing leaves"),
        spark=tuple(fmt.major(minor, code) for minor in accumulate(steps)),
    )


def _people(money: OverviewCurrency, periods: Sequence[MonthStanding]) -> kpis.Card:
    now = periods[-1] if periods else None
    return kpis.defined(
        "paying_customers",
        fmt.number(money.paying_customers),
        tr("The small chart is of the last twelve months."),
        delta=kpis.change(money.paying_customers - now.customers_start) if now else None,
        compared_to=tr("this month") if now else None,
        spark=tuple(float(period.customers_end) for period in periods[-MONTHS:]),
    )


def _net_churn(periods: Sequence[MonthStanding]) -> kpis.Card:
    """Of the last month that is over: a running one always looks better than it will."""
    over = [period for period in periods if period.complete]
    rates = [period.net_mrr_churn for period in over[-MONTHS:]]
    if not rates or rates[-1].value is None:
        reason = say(rates[-1].reason) if rates else tr("No complete month has passed yet.")
        return kpis.defined("net_mrr_churn", fmt.UNKNOWN, reason)
    name, ratio = fmt.period(over[-1].name), rates[-1]
    so_far = periods[-1].net_mrr_churn.value
    delta, compared = _moved(over, ratio)
    return kpis.defined(
        "net_mrr_churn",
        fmt.share(ratio.value),
        tr(
            "Here of {month}; the running month so far: {share}.",
            month=name,
            share=fmt.share(so_far),
        ),
        label=f"{defined.label('net_mrr_churn')}, {fmt.month(over[-1].name)}",
        delta=delta,
        compared_to=compared,
        good="neither" if ratio.small else "down",
        spark=tuple(rate.value for rate in rates if rate.value is not None),
    )


def _moved(over: Sequence[MonthStanding], now: Ratio) -> tuple[str | None, str | None]:
    """Against the month before; of few customers a difference says nothing."""
    if now.small:
        return tr("small sample"), None
    before = over[-2].net_mrr_churn.value if len(over) > 1 else None
    if before is None or now.value is None:
        return None, None
    month = fmt.month(over[-2].name)
    return spelled.points(now.value - before), tr("vs {period}", period=month)


def bridge(rolled: RollForward) -> None:
    """From the month's opening to now; the rows behind it are a link away."""
    line = rolled.lines[-1] if rolled.lines else None
    with st.container(border=True, height="stretch"):
        defined.title(
            tr("What moved MRR this month?"),
            "opening_mrr",
            *MOVES,
            "closing_mrr",
            way=None if line is None else _rows_of(line, rolled.currency),
        )
        if line is None:
            st.caption(tr("MRR has not moved yet."))
            return
        steps = tuple(
            (part, defined.label(metric), line.amount(part) or 0, line.reconstructed.get(part) or 0)
            for part, metric in rolling.PARTS.items()
            if part not in ("committed", "fx")
        )
        figure = keeping.figure(
            "bridge",
            lambda: charts.waterfall(steps, rolled.currency, rolling.BALANCES),
            steps,
            rolled.currency,
        )
        picture.chart(
            figure,
            key="bridge",
            alt=tr(
                "From the month's opening MRR to now. The page MRR lists the rows of each part."
            ),
        )
        if figure.layout["yaxis"]["range"][0]:
            st.caption(tr("Amounts do not begin at zero here, so that movements can be seen."))


def _rows_of(line: RollForwardLine, code: str) -> titles.Way:
    # A link, not a click on a bar: a script may not set a filter that is bound on the page it
    # leaves, and the currency is.
    return titles.Way(
        tr("Rows"),
        "mrr",
        (
            ("currency", code.upper()),
            ("view", rolling.VIEWS[1]),
            ("period", rolling.name(line)),
            ("part", defined.label(rolling.PARTS["new"])),
        ),
        tr("Every movement of the month, on the page MRR."),
    )
