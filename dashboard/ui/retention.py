"""The head of the churn page: what is looked at, four rates, their trend, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import charts, data, session
from dashboard import format as fmt
from dashboard.ui import defined, filters, kpis, tables
from lib.billing import METRICS, ChurnPeriod, Ratio

KEY_RATES: Final = ("customer_churn", "net_mrr_churn", "nrr", "grr")
LINES: Final = ("customer_churn", "net_mrr_churn", "gross_mrr_churn")
DIVISIONS: Final = {"month": "Month", "quarter": "Quarter", "week": "Week"}
VIEWS: Final = {"rates": "Rates", "leavers": "Reasons", "cohorts": "Cohorts"}


def division() -> str:
    """month, quarter or week."""
    return filters.switch("Period", "by", DIVISIONS)


def view() -> str:
    """Which part of the page is drawn beneath the numbers."""
    return filters.switch("Show", "view", VIEWS)


def one_of(periods: Sequence[ChurnPeriod]) -> int:
    """The position of the chosen period; by itself the last one that is over."""
    names = [period.name for period in reversed(periods)]
    running = {period.name for period in periods if not period.complete}
    if st.session_state.get("period") not in names:
        st.session_state.pop("period", None)
    over = next((n for n, name in enumerate(names) if name not in running), 0)
    chosen = st.selectbox(
        "Which one",
        names,
        index=over,
        key="period",
        format_func=lambda name: fmt.period(name) + (" so far" if name in running else ""),
        label_visibility="collapsed",
        bind="query-params",
        on_change=filters.first_page,
        width=190,
    )
    return len(names) - 1 - names.index(chosen)


def said(period: ChurnPeriod) -> str:
    """What is shown, whatever the policy; and which policy that is."""
    span = (
        f"{fmt.clock(period.starts, data.timezone())} to {fmt.clock(period.ends, data.timezone())}"
    )
    parts = [
        f"{fmt.period(period.name)} in {period.currency.upper()}: from {span}, {data.timezone()}",
        f"counted by the {fmt.words(session.billing().policy)} policy",
        None if period.complete else "not over yet",
        "partly reconstructed from before the first event" if period.reconstructed else None,
    ]
    return f"{fmt.joined(parts)}."


def cards(periods: Sequence[ChurnPeriod], at: int) -> list[kpis.Card]:
    """The four rates that are asked for first, against the period before."""
    period = periods[at]
    earlier = periods[at - 1] if at else None
    return [_card(slug, period, earlier, periods[: at + 1]) for slug in KEY_RATES]


def _card(
    slug: str, period: ChurnPeriod, earlier: ChurnPeriod | None, until: Sequence[ChurnPeriod]
) -> kpis.Card:
    ratio = period.rates[slug]
    delta, compared = None, None
    if earlier is not None and ratio.value is not None:
        before = earlier.rates[slug].value
        if before is not None:
            delta = f"{(ratio.value - before) * 100:+z.1f} pts"
            compared = f"vs {fmt.period(earlier.name)}"
    known = [p.rates[slug].value for p in until]
    more = f"{ratio.reason or f'Here {_parts(slug, period)}.'}"
    return kpis.defined(
        slug,
        fmt.share(ratio.value),
        fmt.md(more),
        delta=delta,
        compared_to=fmt.joined((compared, "small sample" if ratio.small else None)) or None,
        spark=tuple(value for value in known if value is not None),
    )


def trend(periods: Sequence[ChurnPeriod]) -> None:
    names = tuple(fmt.period(period.name) for period in periods)
    drawn = tuple(
        (METRICS[slug].label, tuple((p.rates[slug].value, value(slug, p)) for p in periods))
        for slug in LINES
    )
    running = not periods[-1].complete
    with st.container(border=True):
        defined.title("Is less being lost than before?", *LINES)
        st.plotly_chart(
            data.figure(
                "rates",
                lambda: charts.lines(names, drawn, running=running),
                names,
                drawn,
                running,
            ),
            key="rate_lines",
            config={"displayModeBar": False},
            alt="Customer churn, net and gross MRR churn, period by period.",
        )
        if running:
            st.caption("The hollow point is the running period: it is not over yet.")


def everything(period: ChurnPeriod) -> None:
    """Every rate with what it is made of, or why there is none."""
    rows = [
        (
            METRICS[slug].label,
            fmt.md(value(slug, period)),
            fmt.md(ratio.reason or _parts(slug, period))
            + (" :orange-badge[Small sample]" if ratio.small and not ratio.reason else ""),
        )
        for slug, ratio in period.rates.items()
    ]
    with st.container(border=True):
        st.subheader("All rates", anchor=False)
        tables.text(("Rate", "Value", "Made of"), rows, right=(1,), unbroken=(1,))
        with st.expander("What each rate is", icon=":material/menu_book:"):
            for slug in period.rates:
                st.markdown(f"**{METRICS[slug].label}.** {METRICS[slug].definition}")
        st.caption("Small sample: fewer than 20 customers stand in the denominator.")


def value(slug: str, period: ChurnPeriod) -> str:
    """A rate, spelled in its unit."""
    ratio = period.rates[slug]
    if slug == "arpa":
        return fmt.money(period.arpa_minor, period.currency)
    if slug == "ltv":
        return fmt.money(period.ltv_minor, period.currency)
    if slug == "quick_ratio":
        return fmt.UNKNOWN if ratio.value is None else f"{ratio.value:.1f}"
    return fmt.share(ratio.value)


def _parts(slug: str, period: ChurnPeriod) -> str:
    """Numerator ÷ denominator, in words."""
    ratio, code = period.rates[slug], period.currency
    match slug:
        case "customer_churn":
            return f"{_count(ratio)} customers"
        case "trial_conversion":
            return f"{_count(ratio)} trials"
        case "arpa":
            return f"{_money(ratio.numerator, code)} ÷ {int(ratio.denominator):,} customers"
        case "ltv":
            return f"ARPA of {fmt.money(period.arpa_minor, code)} ÷ customer churn"
    return f"{_money(ratio.numerator, code)} ÷ {_money(ratio.denominator, code)}"


def _count(ratio: Ratio) -> str:
    return f"{int(ratio.numerator):,} ÷ {int(ratio.denominator):,}"


def _money(minor: object, code: str) -> str:
    return fmt.money(int(minor), code)  # type: ignore[call-overload]
