"""The head of the churn page: what is looked at, four rates, their trend, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, session
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.ui import defined, filters, kpis, picture, spelled, tables, titles
from lib.billing import ChurnPeriod, Ratio

KEY_RATES: Final = ("customer_churn", "net_mrr_churn", "nrr", "grr")
LINES: Final = ("customer_churn", "net_mrr_churn", "gross_mrr_churn")
DIVISIONS: Final = {"month": mark("Month"), "quarter": mark("Quarter"), "week": mark("Week")}
VIEWS: Final = {"rates": mark("Rates"), "leavers": mark("Reasons"), "cohorts": mark("Cohorts")}


def division() -> str:
    """month, quarter or week."""
    return filters.switch(tr("Period"), "by", DIVISIONS)


def view() -> str:
    """Which part of the page is drawn beneath the numbers."""
    return filters.switch(tr("Show"), "view", VIEWS)


def one_of(periods: Sequence[ChurnPeriod]) -> int:
    """The position of the chosen period; by itself the last one that is over."""
    names = [period.name for period in reversed(periods)]
    running = {period.name for period in periods if not period.complete}
    over = next((name for name in names if name not in running), names[0])
    words = {name: fmt.period(name) for name in names}
    words |= {name: tr("{period} so far", period=words[name]) for name in running}
    chosen = filters.pick(tr("Which one"), "period", words, over, width=190)
    return len(names) - 1 - names.index(chosen)


def said(period: ChurnPeriod) -> str:
    """What is shown, whatever the policy; and which policy that is."""
    zone = data.timezone()
    parts = [
        tr(
            "{period} in {currency}: from {start} to {end}, {timezone}",
            period=fmt.period(period.name),
            currency=period.currency.upper(),
            start=fmt.clock(period.starts, zone),
            end=fmt.clock(period.ends, zone),
            timezone=zone,
        ),
        tr("counted by the {policy} policy", policy=fmt.words(session.billing().policy)),
        None if period.complete else tr("not over yet"),
        tr("partly reconstructed from before the first event") if period.reconstructed else None,
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
            delta = spelled.points(ratio.value - before)
            compared = tr("vs {period}", period=fmt.period(earlier.name))
    known = [p.rates[slug].value for p in until]
    more = say(ratio.reason) or tr("Here {parts}.", parts=_parts(slug, period))
    return kpis.defined(
        slug,
        fmt.share(ratio.value),
        more,
        delta=delta,
        compared_to=fmt.joined((compared, tr("small sample") if ratio.small else None)) or None,
        spark=tuple(value for value in known if value is not None),
    )


def trend(periods: Sequence[ChurnPeriod]) -> None:
    names = tuple(fmt.period(period.name) for period in periods)
    drawn = tuple(
        (defined.label(slug), tuple((p.rates[slug].value, value(slug, p)) for p in periods))
        for slug in LINES
    )
    running = not periods[-1].complete
    with st.container(border=True, height="stretch"):
        defined.title(tr("Is less being lost than before?"), *LINES)
        if all(known is None for _, points in drawn for known, _ in points):
            st.caption(tr("No period has begun with customers yet."))
            return
        picture.chart(
            keeping.figure(
                "rates",
                lambda: charts.lines(names, drawn, running=running),
                names,
                drawn,
                running,
            ),
            key="rate_lines",
            alt=tr("Customer churn, net and gross MRR churn, period by period."),
        )
        if running:
            st.caption(tr("The hollow point is the running period: it is not over yet."))


def everything(period: ChurnPeriod) -> None:
    """Every rate with what it is made of, or why there is none."""
    marked = tr("Small sample")
    rows = [
        (
            defined.label(slug),
            fmt.md(value(slug, period)),
            fmt.md(say(ratio.reason) or _parts(slug, period))
            + (f" :orange-badge[{marked}]" if ratio.small and not ratio.reason else ""),
        )
        for slug, ratio in period.rates.items()
    ]
    with st.container(border=True, height="stretch"):
        titles.draw(tr("All rates"))
        tables.text((tr("Metric"), tr("Value"), tr("Made of")), rows, right=(1,), unbroken=(1,))
        with st.expander(tr("What each rate is"), icon=":material/menu_book:"):
            for slug in period.rates:
                st.markdown(f"**{defined.label(slug)}.** {defined.meaning(slug)}")
        st.caption(tr("Small sample: fewer than 20 customers stand in the denominator."))


def value(slug: str, period: ChurnPeriod) -> str:
    """A rate, spelled in its unit."""
    ratio = period.rates[slug]
    if slug == "arpa":
        return fmt.money(period.arpa_minor, period.currency)
    if slug == "ltv":
        return fmt.money(period.ltv_minor, period.currency)
    if slug == "quick_ratio":
        return fmt.UNKNOWN if ratio.value is None else spelled.tenths(ratio.value)
    return fmt.share(ratio.value)


def _parts(slug: str, period: ChurnPeriod) -> str:
    """Numerator ÷ denominator, in words."""
    ratio, code = period.rates[slug], period.currency
    match slug:
        case "customer_churn":
            return tr("{count} customers", count=_count(ratio))
        case "trial_conversion":
            return tr("{count} trials", count=_count(ratio))
        case "arpa":
            return tr(
                "{mrr} ÷ {customers} customers",
                mrr=_money(ratio.numerator, code),
                customers=fmt.number(int(ratio.denominator)),
            )
        case "ltv":
            return tr("ARPA of {money} ÷ customer churn", money=fmt.money(period.arpa_minor, code))
    return f"{_money(ratio.numerator, code)} ÷ {_money(ratio.denominator, code)}"


def _count(ratio: Ratio) -> str:
    return f"{fmt.number(int(ratio.numerator))} ÷ {fmt.number(int(ratio.denominator))}"


def _money(minor: object, code: str) -> str:
    return fmt.money(int(minor), code)  # type: ignore[call-overload]
