"""The save ledger: what became of the ends that were scheduled, by month and by reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard import charts, keeping, winding
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import (
    collecting,
    defined,
    download,
    filters,
    kpis,
    notes,
    picture,
    saved,
    tables,
    titles,
)
from lib.billing import METRICS, Filters, Permission, Ratio, SaveCell, save_rate

BY: Final = {"month": mark("By month"), "reason": mark("By reason")}
UNKNOWN_MONTH: Final = ""


def draw(staff: Staff) -> None:
    """The board of all schedules, and the list of whose they are."""
    with st.skeleton(height=320):  # the first time everything that was ever seen is read
        cells = winding.board()
    if not cells:
        notes.empty(
            tr("No end was ever scheduled."),
            hint=tr(
                "A cancellation shows here from the moment it is scheduled, with what came of it."
            ),
        )
        return
    totals = staff.may(Permission.TOTALS)
    kpis.row(_cards(cells, totals=totals), key="saves_numbers")
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(
                tr("Which scheduled ends were saved?"),
                "save_rate",
                "ends_saved",
                "ends_lost",
                "ends_open",
            )
            st.space("stretch")
            by = filters.switch(tr("Divided"), "divided", BY)
            download.menu("saves", Filters(), staff)
        rows = _grouped(cells, by)
        _chart(rows, by)
        _table(rows, by)
        st.caption(
            tr(
                "The rate is of the ends whose day has passed. Fewer than 20 of them are a small "
                "sample: a single customer moves the rate by more than five points."
            )
        )
    titles.draw(tr("Whose are they?"))
    saved.draw(cells, staff)


def _cards(cells: Sequence[SaveCell], *, totals: bool) -> list[kpis.Card]:
    rate = save_rate(cells)
    saved, lost = sum(c.saved for c in cells), sum(c.lost for c in cells)
    waiting = sum(c.open for c in cells)
    early = saved - sum(c.matured_saved for c in cells)
    shown = [
        kpis.defined(
            "save_rate",
            fmt.share(rate.value),
            say(rate.reason),
            delta=_parts(rate),
            compared_to=tr("small sample") if rate.small else None,
            good="neither",
        ),
        kpis.defined(
            "ends_saved",
            fmt.number(saved),
            delta=fmt.number(early) if early else None,
            compared_to=tr("before their day") if early else None,
            good="neither",
        ),
        kpis.defined(
            "ends_lost",
            fmt.number(lost),
            delta=fmt.number(waiting),
            compared_to=tr("still open"),
            good="neither",
        ),
    ]
    if totals:
        shown.append(_money_card(cells))
    else:
        shown.append(kpis.defined("ends_open", fmt.number(waiting)))
    return shown


def _money_card(cells: Sequence[SaveCell]) -> kpis.Card:
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        if cell.currency:
            sums[cell.currency][0] += cell.saved_minor
            sums[cell.currency][1] += cell.saved + cell.lost
    order = sorted(sums, key=lambda code: (-sums[code][1], code))
    unvalued = sum(cell.unvalued for cell in cells)
    first = order[0] if order else None
    others = [code for code in order[1:] if sums[code][0]]
    return kpis.defined(
        "mrr_saved",
        fmt.money_short(sums[first][0], first) if first else fmt.UNKNOWN,
        tr("Left out: {count} without a known value.", count=fmt.number(unvalued))
        if unvalued
        else "",
        delta=fmt.joined(fmt.money(sums[code][0], code) for code in others)
        or ntr("{count} scheduled end", "{count} scheduled ends", sum(c.saved for c in cells)),
        compared_to=tr("besides") if others else None,
        good="neither",
    )


def _parts(rate: Ratio) -> str:
    part, whole = fmt.number(int(rate.numerator)), fmt.number(int(rate.denominator))
    return tr("{part} of {whole}", part=part, whole=whole)


Group = tuple[str, str, list[SaveCell]]
"""Month ("" = not known) or reason, what it is called, and its cells."""


def _grouped(cells: Sequence[SaveCell], by: str) -> list[Group]:
    """Months in time, reasons by how many there were."""
    found: defaultdict[str, list[SaveCell]] = defaultdict(list)
    for cell in cells:
        found[(cell.month or UNKNOWN_MONTH) if by == "month" else cell.reason].append(cell)
    if by == "month":
        return [(key, saved.month_name(key), found[key]) for key in _months(found)]
    order = sorted(found, key=lambda key: (-sum(c.scheduled for c in found[key]), key))
    return [(key, fmt.words(key), found[key]) for key in order]


def _months(known: Collection[str]) -> list[str]:
    """In time, also those between in which no end was planned; what is not known comes first."""
    dated = sorted(month for month in known if month)
    between = collecting.months_of(dated) if dated else []
    return [*([UNKNOWN_MONTH] if UNKNOWN_MONTH in known else []), *between]


def _chart(rows: Sequence[Group], by: str) -> None:
    drawn = tuple(
        (key, name, tuple((o, sum(getattr(c, o) for c in held)) for o in saved.OUTCOMES))
        for key, name, held in rows
    )
    bars = [(key, name, dict(counts)) for key, name, counts in drawn]
    picture.chart(
        keeping.figure(
            "saves", lambda: charts.saves(bars, saved.OUTCOMES, across=by == "reason"), drawn, by
        ),
        key=f"saves_{by}",
        on_select=partial(_bar_chosen, by),
        chosen=picture.held("month" if by == "month" else "reasons"),
        alt=tr(
            "Scheduled ends by what became of them. The table below has the numbers; the list can "
            "be narrowed to each."
        ),
    )


def _bar_chosen(by: str) -> None:
    key, outcome, *_ = picture.clicked(f"saves_{by}")
    picture.choose(**_narrowed_to(by, key), outcomes=[outcome])


def _narrow(by: str, key: str | None) -> None:
    st.session_state.update(_narrowed_to(by, key))
    filters.first_page()


def _narrowed_to(by: str, key: str | None) -> dict[str, Any]:
    if by == "month":
        return {"month": key}
    return {"reasons": [key] if key is not None else []}


def _table(rows: Sequence[Group], by: str) -> None:
    held_rows = [row for row in rows if row[2]]
    shown = held_rows[::-1] if by == "month" else held_rows
    lines = []
    for _, name, held in shown:
        rate = save_rate(held)
        lines.append(
            {
                "name": name,
                **{outcome: sum(getattr(c, outcome) for c in held) for outcome in saved.OUTCOMES},
                "rate": fmt.joined((fmt.share(rate.value), _parts(rate)))
                if rate.denominator
                else None,
                "note": [mark("Small sample")] if rate.small and rate.value is not None else [],
            }
        )
    keys = [key for key, _, _ in shown]
    column, definition = st.column_config, say(METRICS["save_rate"].definition)
    columns = {
        "name": column.TextColumn(
            tr("Planned end in") if by == "month" else tr("Reason"), width=140
        ),
        "saved": defined.count("ends_saved", width=80),
        "lost": defined.count("ends_lost", width=75),
        "open": defined.count("ends_open", width=90),
        "rate": column.TextColumn(
            say(METRICS["save_rate"].label), help=definition, width=145, alignment="right"
        ),
        "note": tables.badge(tr("Note"), width=125),
    }
    tables.show(
        lines,
        columns,
        key=f"save_board_{by}",
        ids=keys,
        alt=tr("What became of scheduled ends. Choose a row to list whose they are."),
        most=10,
        chosen=_place(picture.held("month" if by == "month" else "reasons"), keys),
        on_choose=partial(_row_chosen, by, keys),
        sparse=True,
    )


def _place(held: Collection[str], keys: list[str]) -> int | None:
    return next((n for n, key in enumerate(keys) if key in held), None)


def _row_chosen(by: str, keys: list[str], index: int | None) -> None:
    _narrow(by, None if index is None else keys[index])
