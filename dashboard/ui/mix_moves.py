"""Moves between plans: from where to where, and each plan from opening to closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import charts, keeping, mixed
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, mix_movers, notes, picture, tables, upgrades
from dashboard.ui.plan_names import ARROW, SIDES, plan, ranked
from lib.billing import Move, PlanLine, PlanMoves

PARTS: Final = {
    "new": mark("New"),
    "returned": mark("Returned"),
    "added": mark("Added"),
    "came": mark("From other plans"),
    "changed": mark("On the plan"),
    "went": mark("To other plans"),
    "left": mark("Left"),
}
"""How a plan gains and loses, in the order in which it is drawn."""


def draw(code: str, measure: str, staff: Staff) -> None:
    """Of one currency and of the period that is chosen here."""
    span = upgrades.period("90d")
    found = mixed.moves(code, span.starts, span.ends)
    if not found.lines:
        notes.empty(tr("Nobody paid in this period."), hint=tr("Choose a longer one above."))
        return
    people = measure == "customers"
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _matrix(found, code, people)
    with right.container(border=True, height="stretch"):
        _gains(found, code, people)
    _ledger(found.lines, code, people)
    mix_movers.draw(found, code, span, staff)


def _way(move: Move) -> str:
    """Its part of the ledger."""
    if move.was == move.now:
        return "changed"
    if move.now == "-left":
        return "left"
    return {"+new": "new", "+returned": "returned", "+added": "added"}.get(move.was, "came")


def _matrix(found: PlanMoves, code: str, people: bool) -> None:
    defined.title(tr("From which plan (rows) to which (columns)?"), "plan_moves")
    if not found.moves:
        st.caption(tr("Nobody moved in this period."))
        return
    rows = _sides([move.was for move in found.moves], first=("+new", "+returned", "+added"))
    columns = _sides([move.now for move in found.moves])
    cells = tuple(_cell(move, code, people) for move in found.moves)
    picture.chart(
        keeping.figure(
            "moves",
            lambda: charts.moves(cells, rows, columns),
            cells,
            rows,
            columns,
        ),
        key="moves_chart",
        on_select=_move_chosen,
        chosen=picture.held("move"),
        alt=tr("Moves from each plan, in rows, to each plan, in columns. Choose one below."),
    )


def _sides(slugs: Sequence[str], first: Sequence[str] = ()) -> tuple[str, ...]:
    """Their names: where nobody was on a plan before, the plans by rank, those who left."""
    plans = ranked({slug for slug in slugs if slug not in SIDES})
    ends = [slug for slug in ("-left",) if slug in slugs]
    return tuple(plan(slug) for slug in [*(s for s in first if s in slugs), *plans, *ends])


def _cell(move: Move, code: str, people: bool) -> tuple[str, str, str, float, str, str, str]:
    """In customers how many; in MRR what arrived, of those who left what was lost."""
    minor = move.before if move.now == "-left" else move.after
    if move.was == move.now:
        minor = move.delta
    text = fmt.number(move.customers) if people else _brief(minor, code)
    return (
        move.key,
        plan(move.was),
        plan(move.now),
        float(move.customers if people else abs(minor)),
        text,
        _told(move, code),
        _way(move),
    )


def _brief(minor: int, code: str) -> str:
    """Money for a bubble: thousands where there are some."""
    value = abs(fmt.major(minor, code))
    return f"{value / 1000:.0f}k" if value >= 9_500 else f"{value:.0f}"


def _told(move: Move, code: str) -> str:
    before, after = fmt.money(move.before, code), fmt.money(move.after, code)
    money = {
        "new": after,
        "returned": after,
        "added": after,
        "left": before,
    }.get(_way(move), f"{before}{ARROW}{after}")
    return fmt.joined((ntr("{count} customer", "{count} customers", move.customers), money))


def _move_chosen() -> None:
    picture.choose(move=picture.clicked("moves_chart")[0])


def _gains(found: PlanMoves, code: str, people: bool) -> None:
    lines = found.lines
    defined.title(tr("What did each plan gain and lose?"), "plan_moves")
    of = {line.plan: line for line in lines}
    plans = ranked(of)
    parts = tuple(
        (
            part,
            tr(PARTS[part]),
            tuple(_gained(of[slug], part, code, people) for slug in plans),
        )
        for part in PARTS
        if any(_amount(line, part, people) for line in lines)
    )
    if not parts:
        st.caption(tr("Nobody moved in this period."))
        return
    names = tuple(plan(slug) for slug in plans)
    currency = None if people else code
    height = charts.moves_height(len({move.was for move in found.moves}))
    picture.chart(
        keeping.figure(
            "gains",
            lambda: charts.gains(names, parts, currency, height),
            names,
            parts,
            currency,
            height,
        ),
        key="gains_chart",
        alt=tr("What each plan gained and lost; the table below has the numbers."),
    )


def _amount(line: PlanLine, part: str, people: bool) -> int:
    held = getattr(line, part)
    return int(held.customers if people else held.minor)


def _gained(line: PlanLine, part: str, code: str, people: bool) -> tuple[float, str]:
    held = getattr(line, part)
    told = fmt.joined(
        (
            ntr("{count} customer", "{count} customers", abs(held.customers))
            if held.customers
            else None,
            fmt.signed(held.minor, code),
        )
    )
    value = _amount(line, part, people)
    return (float(value) if people else fmt.major(value, code)), told


def _ledger(lines: Sequence[PlanLine], code: str, people: bool) -> None:
    """Opening, everything between, closing: a column a plan, each of which adds up."""
    st.caption(
        tr(
            "Each column adds up: from the opening to the closing. Added: a plan beside another "
            "one. On the plan: more or less MRR without another plan."
        )
    )
    of = {line.plan: line for line in lines}
    slugs = ranked(of)
    used = [p for p in PARTS if any(_amount(line, p, people) for line in lines)]
    spec = {"format": "localized"} if people else {}
    columns = {
        "part": st.column_config.TextColumn(
            tr("Customers") if people else tr("MRR"), width=150, pinned=True
        ),
        **{
            f"plan_{n}": defined.number("plan_moves", plan(slug), width=115, **spec)
            for n, slug in enumerate(slugs)
        },
        "together": defined.number("plan_moves", tr("Together"), width=115, **spec),
    }
    parts = {"opening": tr("Opening"), **{p: tr(PARTS[p]) for p in used}, "closing": tr("Closing")}
    rows = []
    for part, name in parts.items():
        amounts = [_amount(of[slug], part, people) for slug in slugs]
        rows.append(
            {
                "part": name,
                "currency": code,
                "together": sum(amounts),
                # A plan that a part does not touch has a dash there.
                **{
                    f"plan_{n}": amount if part in ("opening", "closing") else amount or None
                    for n, amount in enumerate(amounts)
                },
            }
        )
    tables.show(
        rows,
        columns,
        key="plan_lines",
        ids=[*slugs, "people" if people else code],
        money=() if people else [name for name in columns if name != "part"],
        alt=tr("Each plan from opening to closing"),
        choose=False,
    )
