"""One line a customer: who, how much, and what is worth knowing before a call."""

from __future__ import annotations

from .letter import Line, Tone, clean
from .spelled import Names, money, named, said
from .values import Customer, Ending, Failing, Left, Upgraded


def upgraded(up: Upgraded, names: Names) -> Line:
    before, after = names.plan(up.from_plan), names.plan(up.to_plan)
    step = f"{after}, {up.change}"
    if up.change == "plan":
        step = f"{before} → {after}"
    elif up.change == "interval":
        step = f"{after}, {said(up.from_interval)} → {said(up.to_interval)}"
    value = money(up.delta_minor, up.currency, signed=True)
    return _line(up.customer, value, names, f"{step}, {names.day(up.occurred_at)}", tone="good")


def churned(gone: Left, names: Names) -> Line:
    why = "went on in another currency" if gone.switched else reason(gone.reason)
    told = f"{names.plan(gone.plan)}, {why}, {names.day(gone.left_at)}"
    quoted = clean(gone.comment, 160)
    notes = (told, f"“{quoted}”") if quoted else (told,)
    return _line(gone.customer, money(-gone.mrr_minor, gone.currency), names, *notes, tone="bad")


def ending(end: Ending, names: Names) -> Line:
    worth = "" if end.mrr_minor is None else money(end.mrr_minor, end.currency)
    last = "unknown" if end.ends_at is None else names.last_day(end.ends_at)
    told = f"{names.plan(end.plan)}, {reason(end.reason)}"
    return _line(end.customer, worth, names, told, f"Last day: {last}")


def failing(bill: Failing, names: Names) -> Line:
    told = [clean(bill.number, 30), said(bill.decline_code) or "no decline code"]
    again = "no further attempt"
    if bill.next_attempt_at is not None and not bill.final_attempt:
        again = f"next attempt {names.day(bill.next_attempt_at)}"
    note = ", ".join(part for part in (*told, again) if part)
    return _line(bill.customer, money(bill.remaining_minor, bill.currency), names, note)


def reason(code: str | None) -> str:
    """That a cancellation was asked for says who ended it, not why."""
    return (
        "no reason given" if code == "cancellation_requested" else said(code) or "no reason given"
    )


def _line(who: Customer, value: str, names: Names, *notes: str, tone: Tone = "") -> Line:
    return Line(named(who), value, notes, names.customer(who.customer_id), tone)
