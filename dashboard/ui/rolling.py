"""The parts of the MRR page: what is asked for, the waterfall, the periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, session
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, picture, tables
from lib.billing import Filters, RollForward, RollForwardLine

ALL: Final = "all"
"""The choice of all currencies together, in the reporting one."""
BACK: Final = {"day": (14, 31, 90), "week": (13, 26, 52), "month": (12, 24, 36), "quarter": (8, 12)}
"""How many periods back can be looked at; the first is the default."""
LONGEST: Final = 24
"""Periods that a table shows at full height."""
UNITS: Final = {
    "day": mark("Day"),
    "week": mark("Week"),
    "month": mark("Month"),
    "quarter": mark("Quarter"),
}
VIEWS: Final = (
    mark("Roll-forward"),
    mark("Receipts"),
    mark("Self-audit"),
    mark("Policy bridge"),
)

PARTS: Final = {
    "opening": "opening_mrr",
    "new": "new_mrr",
    "reactivation": "reactivation_mrr",
    "expansion": "expansion_mrr",
    "contraction": "contraction_mrr",
    "churn": "churned_mrr",
    "fx": "fx_effect",
    "closing": "closing_mrr",
    "committed": "committed_mrr",
}
"""A part of the roll-forward, in its order → its metric."""
BALANCES: Final = ("opening", "closing", "committed")


def view() -> str:
    """Which part of the page is drawn beneath the numbers."""
    return filters.switch(tr("Show"), "view", {name: name for name in VIEWS})


@dataclass(frozen=True)
class Asked:
    """``currency`` None is all of them in the reporting currency."""

    currency: str | None
    by: str
    back: int


def asked(codes: Sequence[str]) -> Asked:
    """The row of choices; its state is the address."""
    reporting = session.billing().reporting_currency
    with st.container(horizontal=True, vertical_alignment="center"):
        choice = _currency(codes, reporting)
        by = filters.switch(tr("Divided by"), "by", UNITS, "month")
        spans = {count: _last(by, count) for count in BACK[by]}
        back = filters.pick(tr("How far back"), "back", spans, BACK[by][0], width=165)
    return Asked(None if choice == ALL else choice, by, back)


def _last(by: str, count: int) -> str:
    match by:
        case "day":
            return tr("Last {count} days", count=count)
        case "week":
            return tr("Last {count} weeks", count=count)
        case "month":
            return tr("Last {count} months", count=count)
    return tr("Last {count} quarters", count=count)


def _currency(codes: Sequence[str], reporting: str | None) -> str:
    words = {code: code.upper() for code in codes}
    if reporting:
        words[ALL] = tr("All in {currency}", currency=reporting.upper())
    if len(words) < 2:
        return codes[0]
    return filters.switch(tr("Currency"), "currency", words, everywhere=True)


def remarks(rolled: RollForward) -> None:
    """What is missing or inferred in the numbers shown."""
    first: dict[str, str] = {}
    for rate in sorted({rate for line in rolled.lines for rate in line.missing}):
        code, day = rate.split(" on ")
        first.setdefault(code, day)
    if first:
        wanted = ", ".join(
            tr("{currency} (first on {day})", currency=code.upper(), day=fmt.period(day))
            for code, day in first.items()
        )
        st.warning(
            tr(
                "No rate for {currencies}. What needs it is absent rather than smaller: add it to "
                "the rates of portside.toml.",
                currencies=fmt.md(wanted),
            ),
            icon=":material/currency_exchange:",
        )


def name(line: RollForwardLine) -> str:
    """A period as people call it."""
    return fmt.period(line.period)


def period(rolled: RollForward) -> RollForwardLine:
    """The chosen period; the newest until another is chosen."""
    by_name = {name(line): line for line in reversed(rolled.lines)}
    newest = next(iter(by_name))
    words = {name: name for name in by_name}
    chosen = filters.pick(tr("Period"), "period", words, newest, width=165, icon="calendar_month")
    return by_name[chosen]


def waterfall(line: RollForwardLine, *, reporting: bool) -> None:
    """What moved MRR in the period; a click on a bar opens its rows."""
    code = line.currency
    steps = []
    for part, metric in PARTS.items():
        amount = line.amount(part)
        if part in ("committed",) or (part == "fx" and not reporting):
            continue
        if amount is None:
            st.caption(tr("{amount} is absent for want of a rate.", amount=defined.label(metric)))
            return
        guessed = line.reconstructed.get(part) or 0
        steps.append((part, defined.label(metric), amount, guessed))
    drawn = tuple(steps)
    figure = keeping.figure(
        "waterfall", lambda: charts.waterfall(drawn, code, BALANCES), drawn, code
    )
    picture.chart(
        figure,
        key="waterfall",
        on_select=_bar_chosen,
        alt=tr("From opening to closing MRR. Choose a part under Receipts to list its rows."),
    )
    if figure.layout["yaxis"]["range"][0]:
        st.caption(tr("Amounts do not begin at zero here, so that movements can be seen."))


def _bar_chosen() -> None:
    st.session_state["part"] = picture.clicked("waterfall")[0]
    st.session_state["view"] = VIEWS[1]
    filters.first_page()


def trend(wanted: Asked) -> None:
    """MRR, day by day, and what is to leave."""
    found, zone = data.trend(wanted.currency, wanted.by, wanted.back), data.timezone()
    past = tuple((p.at, p.amount_minor) for p in found.past if p.amount_minor is not None)
    ahead = tuple((p.at, p.amount_minor) for p in found.ahead if p.amount_minor is not None)
    if not past:
        st.caption(tr("Nothing to draw yet."))
        return
    picture.chart(
        keeping.figure(
            "trend_ahead",
            lambda: charts.trend_ahead(past, ahead, found.currency, zone),
            past,
            ahead,
            found.currency,
            zone,
        ),
        key="trend",
        alt=tr("MRR day by day, and what is to leave from now on"),
    )


def file(rolled: RollForward, wanted: Asked, staff: Staff) -> None:
    """The same rows to take away; the report knows no file in the reporting currency."""
    if wanted.currency is None:
        return
    # No end: that of the running period may have passed when the file is made.
    told = Filters(currencies=(wanted.currency,), by=wanted.by, starts=rolled.lines[0].starts)
    download.menu("mrr", told, staff)


def table(rolled: RollForward, chosen: RollForwardLine) -> None:
    """One row a period, the newest first; a chosen row becomes the period."""
    lines = list(reversed(rolled.lines))
    names = [name(line) for line in lines]
    shown = [part for part in PARTS if part != "fx" or rolled.reporting]
    rows = [
        {
            "period": tr("{period}, so far", period=called) if line.running else called,
            **{part: line.amount(part) for part in shown},
            "reconstructed": sum(minor or 0 for minor in line.reconstructed.values()) or None,
            "currency": line.currency,
        }
        for called, line in zip(names, lines, strict=True)
    ]
    column = st.column_config
    columns = {"period": column.TextColumn(tr("Period"), width=125, pinned=True)}
    for part in shown:
        columns[part] = defined.number(PARTS[part], width=100)
    if any(row["reconstructed"] for row in rows):
        columns["reconstructed"] = defined.number("reconstructed_mrr", width=115)

    def told(index: int | None) -> None:
        if index is not None:
            st.session_state["period"] = names[index]
            filters.first_page()

    tables.show(
        rows,
        columns,
        key="roll_forward",
        ids=[f"{line.currency}:{line.period}" for line in lines],
        money=[*shown, "reconstructed"],
        alt=tr("The roll-forward, period by period"),
        most=LONGEST,
        chosen=names.index(name(chosen)),
        always=True,
        on_choose=told,
    )
