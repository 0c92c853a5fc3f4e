"""What is left of the customers who began in one month: a table whose colours can be read too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters
from dashboard.ui.spelled import percent
from lib.billing import CohortMonth, Filters

MOST: Final = 36
"""Cohorts shown, the latest; the file has all."""
OF: Final = {"customers": mark("Customers"), "mrr": mark("MRR")}
AS: Final = {"share": mark("Share"), "number": mark("In numbers")}
SLUGS: Final = {"customers": "cohort_customers", "mrr": "cohort_mrr"}


def draw(currency: str, staff: Staff) -> None:
    months = data.cohorts(currency)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(tr("What is left of each month's new customers?"), *SLUGS.values())
            of = filters.switch(tr("Count"), "of", OF)
            shown = filters.switch(tr("As"), "as", AS)
            st.space("stretch")
            download.csv_button("cohorts", Filters(currencies=(currency,)), staff)
        st.caption(defined.meaning(SLUGS[of]))
        _table(_latest(months), of, shown, currency)
        st.caption(
            tr(
                "Columns are months since the first. * The month is not over yet. Cohorts of fewer "
                "than 20 customers are marked ·; one customer more or less moves them by 5% and up."
            )
        )


def _latest(months: Sequence[CohortMonth]) -> list[CohortMonth]:
    kept = set(sorted({month.cohort for month in months})[-MOST:])
    return [month for month in months if month.cohort in kept]


def _table(months: Sequence[CohortMonth], of: str, shown: str, currency: str) -> None:
    cells, shares, running = _frames(months, of, shown, currency)
    columns: dict[Any, Any] = {
        "Cohort": st.column_config.TextColumn(tr("Cohort"), pinned=True, width=92),
        "Began": st.column_config.TextColumn(tr(OF[of]), width=84, help=tr("In the first month.")),
    }
    columns |= {
        name: st.column_config.TextColumn(name, width=70 if shown == "share" else 76)
        for name in cells.columns[2:]
    }
    digest = hashlib.sha256(repr((currency, of, shown, running)).encode()).hexdigest()[:12]
    st.dataframe(
        cells.style.apply(lambda _: _colours(cells, shares), axis=None),
        hide_index=True,
        column_config=columns,
        height="content",
        key=f"cohorts_{digest}",
        placeholder="",
        alt=tr("Cohorts by the month of the first MRR, and what is left of them month by month."),
    )


def _frames(
    months: Sequence[CohortMonth], of: str, shown: str, currency: str
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """What stands in each cell, the share that colours it, and how many cells are running."""
    spelled: Callable[[int], str] = (
        fmt.number if of == "customers" else (lambda number: fmt.money_short(number, currency))
    )
    names = [str(n) for n in range(max((m.index for m in months), default=0) + 1)]
    rows: dict[str, dict[str, str | None]] = {}
    shares: dict[str, dict[str, float | None]] = {}
    for month in months:
        ratio = month.customer_retention if of == "customers" else month.mrr_retention
        whole = month.customers if of == "customers" else month.mrr_minor
        kept = month.kept if of == "customers" else month.kept_minor
        row = rows.setdefault(
            month.cohort,
            {
                "Cohort": fmt.period(month.cohort) + (" ·" if ratio.small else ""),
                "Began": spelled(whole),
                **dict.fromkeys(names),
            },
        )
        text = percent(ratio.value) if shown == "share" else spelled(kept)
        row[str(month.index)] = text if month.complete else f"{text}*"
        shares.setdefault(month.cohort, dict.fromkeys(names))[str(month.index)] = ratio.value
    running = sum(not month.complete for month in months)
    return pd.DataFrame(list(rows.values())), pd.DataFrame(list(shares.values())), running


def _colours(cells: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """The more is left, the deeper; thin enough for either theme's text."""
    styles = pd.DataFrame("", index=cells.index, columns=cells.columns)
    for name in shares.columns:
        styles[name] = [
            "" if pd.isna(share) else f"background-color: {_shade(float(share))}"
            for share in shares[name]
        ]
    return styles


def _shade(share: float) -> str:
    """Blue up to all that began, green beyond it."""
    if share > 1:
        return f"rgba(42, 157, 143, {0.35 + min(share - 1, 1) * 0.2:.2f})"
    return f"rgba(47, 127, 193, {0.05 + max(share, 0) ** 2 * 0.38:.2f})"
