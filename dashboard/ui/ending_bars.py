"""The charts of what winds down: week by week by plan or reason, and the reasons themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard import charts, data, keeping, session, winding
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import defined, filters, listing, picture
from lib.billing import EndingPart

SPLITS: Final = {"plan": mark("By plan"), "reason": mark("By reason")}
NARROWED_BY: Final = {"plan": "plans", "reason": "reasons"}
MOST_PARTS: Final = 6


def reads() -> tuple[Callable[[], Any], ...]:
    """What :func:`draw` will ask for."""
    return tuple(partial(winding.parts, by) for by in ("plan", "reason"))


def draw(codes: Sequence[str], now: int, *, totals: bool) -> None:
    """Both, side by side where there is room. Counts for those who see no totals."""
    with st.container(horizontal=True, vertical_alignment="center"):
        split: Any = filters.switch(tr("Weeks divided"), "split", SPLITS)
        code = filters.currency(codes, key="in") if totals else None
    with st.grid(2, min_column_width=340, gap="small"):
        _weeks(split, code, now)
        _reasons(code)


def _of(parts: Sequence[EndingPart], code: str | None) -> list[EndingPart]:
    return [part for part in parts if code in (None, part.currency)]


def _weeks(split: Any, code: str | None, now: int) -> None:
    found = _of(winding.parts(split), code)
    names, places = _parts(found, split, code)
    cells: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for part in found:
        if part.week is not None:
            cell = cells[part.week, places[part.part]]
            cell[0] += part.amount_minor if code else 0
            cell[1] += part.count
    rows = tuple((week, part, n[0], n[1]) for (week, part), n in sorted(cells.items()))
    today = fmt.today(now, data.timezone())
    chosen = (st.session_state.get("week"), _chosen_parts(split, places))
    with st.container(border=True, height="stretch"):
        defined.title(tr("How much ends in each week?"), "winding_down", "ending")
        picture.chart(
            keeping.figure(
                "weeks",
                lambda: charts.runway(rows, names, code, today, chosen),
                rows,
                names,
                code,
                today,
                chosen,
            ),
            key=f"runway_{split}",
            on_select=partial(_week_chosen, split, places),
            alt=tr("Scheduled ends, week by week. Choose a week below to list its customers."),
        )
        unknown = sum(part.count for part in found if part.week is None)
        if unknown:
            st.caption(
                ntr(
                    "Besides: {count} subscription at a time not known.",
                    "Besides: {count} subscriptions at a time not known.",
                    unknown,
                )
            )


def _parts(
    found: Sequence[EndingPart], split: str, code: str | None
) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
    """((part, what it is called), the largest first), and where each part is drawn: the small ones
    are together."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part in found:
        sums[part.part][0] += part.amount_minor if code else 0
        sums[part.part][1] += part.count
    order = sorted(sums, key=lambda part: (-sums[part][0], -sums[part][1], part))
    own = order if len(order) <= MOST_PARTS else order[: MOST_PARTS - 1]
    names = [(part, called(split, part)) for part in own]
    if len(own) < len(order):
        names.append((charts.OTHERS, tr("Others")))
    return tuple(names), {part: part if part in own else charts.OTHERS for part in order}


def called(split: str, part: str) -> str:
    """How a plan or a reason is called."""
    if split == "plan":
        return listing.plan_name(session.billing().catalog, part)
    return fmt.words(part)


def _chosen_parts(split: str, places: dict[str, str]) -> tuple[str, ...]:
    wanted = st.session_state.get(NARROWED_BY[split]) or ()
    return tuple(sorted({places[part] for part in wanted if part in places}))


def _week_chosen(split: str, places: dict[str, str]) -> None:
    """A bar stands for a week and a part: the list is narrowed to both."""
    week, drawn, *_ = picture.clicked(f"runway_{split}")
    parts = [part for part, place in places.items() if place == drawn]
    picture.choose(**{"week": week, NARROWED_BY[split]: parts})


def _reasons(code: str | None) -> None:
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part in _of(winding.parts("reason"), code):
        sums[part.part][0] += part.amount_minor if code else 0
        sums[part.part][1] += part.count
    order = sorted(sums, key=lambda part: (-sums[part][0], -sums[part][1], part))
    rows = tuple((part, fmt.words(part), sums[part][0], sums[part][1]) for part in order)
    with st.container(border=True, height="stretch"):
        defined.title(tr("Why do they leave?"), "ending_reason", "winding_down")
        picture.chart(
            keeping.figure("ending_reasons", lambda: charts.reasons(rows, code), rows, code),
            key="ending_reasons",
            on_select=_reason_chosen,
            chosen=picture.held("reasons"),
            alt=tr(
                "Subscriptions that are winding down, by reason. Choose a reason below to list its "
                "customers."
            ),
        )


def _reason_chosen() -> None:
    picture.choose(reasons=picture.clicked("ending_reasons")[:1])
