"""Every known attempt to collect an invoice: when, how it ended, and what follows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from .declines import SENSITIVE, decline_words, is_final_attempt
from .fold import CustomerFold
from .invoices import failed_payments
from .observations import State
from .trail import ObjectFold

ONE_ATTEMPT: Final = 120
"""Seconds within which a payment's failure and its charge's are the same attempt."""
SAME_NEWS: Final = 3_600
"""Seconds that may lie between what the invoice tells of an attempt and what the payment tells."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. ``number`` and ``at`` are None where nobody told: a re-read shows that an
    attempt failed, never when."""

    number: int | None
    at: int | None  # unix seconds
    succeeded: bool
    code: str | None = None  # the decline code, else the error's
    next_attempt_at: int | None = None  # as Stripe planned it after this one
    final: bool = False  # nothing more is to be expected by itself

    @property
    def words(self) -> str:
        """Why it failed, for a support agent."""
        return decline_words(self.code)

    @property
    def sensitive(self) -> bool:
        """For staff only: telling the customer would help a thief."""
        return self.code in SENSITIVE


def attempts(fold: CustomerFold) -> dict[str, tuple[Attempt, ...]]:
    """The attempts of each invoice that has any, oldest first."""
    failures = failed_payments(fold)
    found = {}
    for invoice_id, folded in fold.of("invoice").items():
        told = list(_told_by_invoice(folded))
        made = _with_reasons(told, list(_merged(failures[invoice_id])))
        if made:
            found[invoice_id] = tuple(_flagged(made, folded.state))
    return found


def _told_by_invoice(folded: ObjectFold) -> Iterator[Attempt]:
    """Each rise of the invoice's own count, and the payment that ended it."""
    last: Attempt | None = None
    count = 0
    for step in folded.steps:
        state = step.state
        if state is None:
            continue
        number = state["attempt_count"] or 0
        if state["status"] == "paid" and number:
            if last is not None:
                yield last
            yield Attempt(number, state["paid_at"] or step.effective, True)
            return
        if state["status"] == "open" and state["payment_failed"]:
            following = state["next_payment_attempt"]
            if number > count or last is None:
                if last is not None:
                    yield last
                read = step.event_id.startswith("read:")
                last = Attempt(number or None, None if read else step.effective, False)
                count = number
            last = replace(last, next_attempt_at=following)
    if last is not None:
        yield last


def _merged(failures: Iterable[State]) -> Iterator[State]:
    """A charge and its payment tell the same failure: once is enough, with what says most."""
    kept: State | None = None
    for failure in failures:
        if kept is not None and _same(kept, failure):
            if not kept["decline_code"]:
                kept = failure | {"attempted_at": kept["attempted_at"]}
            continue
        if kept is not None:
            yield kept
        kept = failure
    if kept is not None:
        yield kept


def _same(one: State, other: State) -> bool:
    if one["attempted_at"] is None or other["attempted_at"] is None:
        return one["attempted_at"] is other["attempted_at"]
    apart: int = other["attempted_at"] - one["attempted_at"]
    return apart <= ONE_ATTEMPT


def _with_reasons(told: list[Attempt], failures: list[State]) -> list[Attempt]:
    made = list(told)
    for failure in sorted(failures, key=lambda f: f["attempted_at"] is None):
        code, at = failure["decline_code"] or failure["code"], failure["attempted_at"]
        open_ones = [n for n, a in enumerate(made) if not a.succeeded and a.code is None]
        if at is None:  # a read tells of the latest
            latest = max((n for n, a in enumerate(made) if not a.succeeded), default=None)
            if latest in open_ones:
                made[open_ones[-1]] = replace(made[open_ones[-1]], code=code)
            elif not made:
                made.append(Attempt(None, None, False, code))
            continue
        near = [n for n in open_ones if abs((made[n].at or at) - at) <= SAME_NEWS]
        if near:
            closest = min(near, key=lambda n: abs((made[n].at or at) - at))
            made[closest] = replace(made[closest], code=code, at=made[closest].at or at)
        else:
            place = next((n for n, a in enumerate(made) if (a.at or 0) > at), len(made))
            made.insert(place, Attempt(None, at, False, code))
    return made


def _flagged(made: list[Attempt], state: State | None) -> Iterator[Attempt]:
    """Only the last can be the final one, and only while an automatic invoice is open: then the
    invoice itself says when the next one is."""
    yield from made[:-1]
    last = made[-1]
    collecting = (
        state is not None
        and state["status"] == "open"
        and state["collection_method"] == "charge_automatically"
    )
    if last.succeeded or state is None or not collecting:
        yield last
        return
    following = state["next_payment_attempt"]
    final = is_final_attempt(following, last.code)
    yield replace(last, next_attempt_at=following, final=final)
