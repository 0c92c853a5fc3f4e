"""Who moved up for the same money: in no movement, and read only when somebody asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard import morning
from dashboard.language import ntr, tr
from dashboard.ui import tables, upgrades
from lib.billing import UpgradeFilters

EACH: Final = 10


def draw(whole: UpgradeFilters) -> None:
    """Steps up that cost the same a month, for whoever asks: every change of a price is read."""
    asked = st.toggle(
        tr("Also list who moved up for the same money"),
        key="level",
        bind="query-params",
        help=tr(
            "Moves to a higher-ranked plan or a longer interval that left MRR as it was. They are "
            "in no movement and in no number above: every change of a price in the period is read "
            "to find them."
        ),
    )
    if not asked:
        return
    first = morning.level_upgrades(replace(whole, limit=EACH))
    if not first.total:
        st.caption(tr("Nobody moved up for the same money in this period."))
        return
    st.caption(
        tr(
            "{found}. Choose a row to open its customer.",
            found=ntr(
                "{count} move left MRR as it was", "{count} moves left MRR as it was", first.total
            ),
        )
    )
    place = st.container()
    offset = tables.pager(first.total, key="level_page", size=EACH)
    page = (
        first if not offset else morning.level_upgrades(replace(whole, limit=EACH, offset=offset))
    )
    with place:
        upgrades.table(page, key="level_upgrades")
