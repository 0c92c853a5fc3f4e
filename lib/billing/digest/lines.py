"""One line a customer: who, how much, and what is worth knowing before a call."""

from __future__ import annotations

from .letter import Line, Tone, clean
from .spelled import Names, addressed, money, named, said
from .values import Customer, Ending, Failing, Left, Upgraded


def upgraded(up: Upgraded, names: Names) -> Line:
    told = f"{_step(up, names)}, {names.day(up.occurred_at)}"
    value = money(up.delta_minor, up.currency, signed=True)
    return about(up.customer, value, names, told, tone="good")


def _step(up: Upgraded, names: Names) -> str:
    before, after = names.plan(up.from_plan), names.plan(up.to_plan)
    if up.kind == "reactivation":
        return f"{after}, came back"
    if up.kind == "new":
        return f"{after}, first payment after a trial or a free plan"
    if up.change == "plan":
        return f"{before} → {after}"
    if up.change == "interval":
        return f"{after}, {said(up.from_interval)} → {said(up.to_interval)}"
    return f"{after}, another {up.change}"


def churned(gone: Left, names: Names) -> Line:
    why = "went on in another currency" if gone.switched else reason(gone.reason)
    told = f"{names.plan(gone.plan)}, {why}, {names.day(gone.left_at)}"
    quoted = clean(gone.comment, 160)
    notes = (told, f"“{quoted}”") if quoted else (told,)
    return about(gone.customer, money(-gone.mrr_minor, gone.currency), names, *notes, tone="bad")


def ending(end: Ending, names: Names) -> Line:
    worth = "unknown worth"
    if end.mrr_minor is not None and end.currency is not None:
        worth = money(end.mrr_minor, end.currency)
    last = "unknown" if end.ends_at is None else names.last_day(end.ends_at)
    told = f"{names.plan(end.plan)}, {reason(end.reason)}"
    return about(end.customer, worth, names, told, f"Last day: {last}")


def failing(bill: Failing, names: Names) -> Line:
    told = [clean(bill.number, 30), said(bill.decline_code) or "no decline code"]
    again = "no further attempt"
    if bill.next_attempt_at is not None and not bill.final_attempt:
        again = f"next attempt {names.day(bill.next_attempt_at)}"
    note = ", ".join(part for part in (*told, again) if part)
    return about(bill.customer, money(bill.remaining_minor, bill.currency), names, note)


def reason(code: str | None) -> str:
    """That a cancellation was asked for says who ended it, not why."""
    return (
        "no reason given" if code == "cancellation_requested" else said(code) or "no reason given"
    )


def about(who: Customer, value: str, names: Names, *notes: str, tone: Tone = "") -> Line:
    told = (*addressed(who), *notes)
    return Line(named(who), value, told, names.customer(who.customer_id), tone)
