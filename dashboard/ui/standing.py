"""The head of the overview: four numbers, and what moved MRR this month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import streamlit as st

from dashboard import addressed, charts, data, navigation
from dashboard import format as fmt
from dashboard.ui import defined, kpis, rolling
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
            f"Now {fmt.money(money.mrr_minor, code)}.{_uncounted(money.uncounted)} "
            "The small chart is of the last 30 days.",
            delta=fmt.signed_short(money.month_delta_minor, code) if money.month_delta_minor else 0,
            compared_to="this month",
            spark=tuple(fmt.major(point.amount_minor, code) for point in money.sparkline),
        ),
        _committed(money, runway),
        _people(money, periods),
        _net_churn(periods),
    ]


def _uncounted(count: int) -> str:
    return f" Left out: {fmt.plural(count, 'subscription')} without a known price." if count else ""


def _committed(money: OverviewCurrency, runway: Runway) -> kpis.Card:
    code, leaves = money.currency, money.committed_minor - money.mrr_minor
    steps = [money.mrr_minor - runway.overdue_minor, *(-week.minor for week in runway.weeks)]
    return kpis.defined(
        "committed_mrr",
        fmt.money_short(money.committed_minor, code),
        f"Now {fmt.money(money.committed_minor, code)}. "
        "The small chart is what scheduled ends leave of MRR in the next eight weeks.",
        delta=fmt.signed_short(leaves, code) if leaves else None,
        compared_to="to leave" if leaves else "nothing leaves",
        spark=tuple(fmt.major(minor, code) for minor in accumulate(steps)),
    )


def _people(money: OverviewCurrency, periods: Sequence[MonthStanding]) -> kpis.Card:
    now = periods[-1] if periods else None
    return kpis.defined(
        "paying_customers",
        f"{money.paying_customers:,}",
        "The small chart is of the last twelve months.",
        delta=kpis.change(money.paying_customers - now.customers_start) if now else None,
        compared_to="this month" if now else None,
        spark=tuple(float(period.customers_end) for period in periods[-MONTHS:]),
    )


def _net_churn(periods: Sequence[MonthStanding]) -> kpis.Card:
    """Of the last month that is over: a running one always looks better than it will."""
    over = [period for period in periods if period.complete]
    rates = [period.net_mrr_churn for period in over[-MONTHS:]]
    if not rates or rates[-1].value is None:
        reason = rates[-1].reason if rates else "No complete month has passed yet."
        return kpis.defined("net_mrr_churn", fmt.UNKNOWN, reason or "")
    name, ratio = fmt.period(over[-1].name), rates[-1]
    so_far = periods[-1].net_mrr_churn.value
    delta, compared = _moved(over, ratio)
    return kpis.defined(
        "net_mrr_churn",
        fmt.share(ratio.value),
        fmt.md(f"Here of {name}; the running month so far: {fmt.share(so_far)}."),
        label=f"{defined.label('net_mrr_churn')}, {name.split()[0]}",
        delta=delta,
        compared_to=compared,
        good="neither" if ratio.small else "down",
        spark=tuple(rate.value for rate in rates if rate.value is not None),
    )


def _moved(over: Sequence[MonthStanding], now: Ratio) -> tuple[str | None, str | None]:
    """Against the month before; of few customers a difference says nothing."""
    if now.small:
        return "small sample", None
    before = over[-2].net_mrr_churn.value if len(over) > 1 else None
    if before is None or now.value is None:
        return None, None
    month = fmt.period(over[-2].name).split()[0]
    return f"{(now.value - before) * 100:+z.1f} pts", f"vs {month}"


def bridge(rolled: RollForward) -> None:
    """From the month's opening to now; the rows behind it are a link away."""
    line = rolled.lines[-1] if rolled.lines else None
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title("What moved MRR this month?", "opening_mrr", *MOVES, "closing_mrr")
            st.space("stretch")
            if line is not None:
                _rows_of(line, rolled.currency)
        if line is None:
            st.caption("MRR has not moved yet.")
            return
        steps = tuple(
            (part, defined.label(metric), line.amount(part) or 0, line.reconstructed.get(part) or 0)
            for part, metric in rolling.PARTS.items()
            if part not in ("committed", "fx")
        )
        figure = data.figure(
            "bridge",
            lambda: charts.waterfall(steps, rolled.currency, rolling.BALANCES),
            steps,
            rolled.currency,
        )
        st.plotly_chart(
            figure,
            key="bridge",
            config=charts.CONFIG,
            alt="From the month's opening MRR to now. The page MRR lists the rows of each part.",
        )
        if figure.layout.yaxis.range[0]:
            st.caption("Amounts do not begin at zero here, so that movements can be seen.")


def _rows_of(line: RollForwardLine, code: str) -> None:
    # A link, not a click on a bar: a script may not set a filter that is bound on the page it
    # leaves, and the currency is.
    st.page_link(
        str(navigation.BY_SLUG["mrr"].file),
        label="Rows",
        icon=":material/arrow_forward:",
        icon_position="right",
        help="Every movement of the month, on the page MRR.",
        query_params=addressed.marked(
            {
                "currency": code.upper(),
                "view": rolling.TABS[1],
                "period": rolling.name(line),
                "part": defined.label(rolling.PARTS["new"]),
            }
        ),
    )
