"""What is left of the customers who began in one month: a table whose colours can be read too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, grid
from dashboard.ui.cells import Cell, Column
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
    """A row a cohort, a column a month since its first."""
    spelled: Callable[[int], str] = (
        fmt.number if of == "customers" else (lambda number: fmt.money_short(number, currency))
    )
    rows: dict[str, tuple[str, str]] = {}
    cells: dict[int, dict[str, Cell]] = {
        index: {} for index in range(max((month.index for month in months), default=0) + 1)
    }
    for month in months:
        ratio = month.customer_retention if of == "customers" else month.mrr_retention
        whole = month.customers if of == "customers" else month.mrr_minor
        kept = month.kept if of == "customers" else month.kept_minor
        began = fmt.period(month.cohort) + (" ·" if ratio.small else "")
        rows.setdefault(month.cohort, (began, spelled(whole)))
        text = percent(ratio.value) if shown == "share" else spelled(kept)
        cells[month.index][month.cohort] = {
            "text": text if month.complete else f"{text}*",
            "shade": None if ratio.value is None else _shade(float(ratio.value)),
        }
    grid.draw(
        [
            Column("Cohort", tr("Cohort"), [name for name, _ in rows.values()], 92, pinned=True),
            Column(
                "Began",
                tr(OF[of]),
                [whole for _, whole in rows.values()],
                84,
                help=tr("In the first month."),
                side="right",
            ),
            *(
                Column(
                    str(index),
                    str(index),
                    [row.get(cohort) for cohort in rows],
                    62 if shown == "share" else 76,
                    side="right",
                )
                for index, row in cells.items()
            ),
        ],
        key="cohorts",
        alt=tr("Cohorts by the month of the first MRR, and what is left of them month by month."),
        unknown="",
        sortable=False,
    )


def _shade(share: float) -> str:
    """Blue up to all that began, green beyond it."""
    if share > 1:
        return f"rgba(42, 157, 143, {0.35 + min(share - 1, 1) * 0.2:.2f})"
    return f"rgba(47, 127, 193, {0.05 + max(share, 0) ** 2 * 0.38:.2f})"
