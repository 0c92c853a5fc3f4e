"""A closed month line by line, the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..domain.roll_forward import KINDS

LINES: Final = ("opening", "restated", *KINDS, "closing")
"""The roll-forward of a month, from above; ``restated``: corrections of earlier months."""

MONEY: Final[Mapping[str, tuple[str, str]]] = {
    "committed": ("mrr", "committed_minor"),
    "winding_down": ("winding-down", "mrr_minor"),
    "invoiced": ("billed", "invoiced_minor"),
    "tax": ("billed", "tax_minor"),
    "paid": ("billed", "paid_minor"),
    "refunded": ("billed", "refunded_minor"),
    "receivable": ("billed", "receivable_minor"),
}
"""Frozen amounts: name -> report and field."""

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "customers_start": ("customers_start",),
    "joined": ("new", "reactivation"),
    "churned": ("churn",),
}
"""Frozen counts: name -> fields of `customers` that come to it."""

Reports = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RollLine:
    """One line of a closed month's roll-forward; ``name`` is one of `LINES`.

    ``today_minor`` is None where today has no such line; ``difference_minor`` is of the month
    itself, so that an opening's corrections are none.
    """

    name: str
    signed_minor: int
    today_minor: int | None
    difference_minor: int | None


@dataclass(frozen=True, slots=True)
class SignedFigure:
    """Another frozen figure; ``name`` is one of `PEOPLE` (a count) or `MONEY` (minor units)."""

    name: str
    value: int
    is_money: bool


def of_currency(reports: Reports, report: str, currency: str) -> Mapping[str, Any]:
    """A frozen report's row of ``currency``; an empty one where it has none."""
    rows = reports.get(report, ())
    return next((row for row in rows if row["currency"] == currency), {})


def roll_lines(
    reports: Reports, today: Mapping[str, Mapping[str, int]], currency: str
) -> tuple[RollLine, ...]:
    """The roll-forward of one currency; without the corrections where there were none."""
    frozen, now = of_currency(reports, "mrr", currency), today.get(currency, {})
    restated = int(frozen.get("restated_minor", 0))
    found = []
    for name in LINES:
        signed = int(frozen.get(f"{name}_minor", 0))
        if name == "restated":
            if signed:
                found.append(RollLine(name, signed, None, None))
            continue
        present = int(now.get(f"{name}_minor", 0))
        known = signed + restated if name == "opening" else signed
        found.append(RollLine(name, signed, present, present - known))
    return tuple(found)


def signed_figures(reports: Reports, currency: str) -> tuple[SignedFigure, ...]:
    """What was signed beside the roll-forward, people first."""
    people = of_currency(reports, "customers", currency)
    counts = [
        SignedFigure(name, sum(int(people.get(field, 0)) for field in fields), False)
        for name, fields in PEOPLE.items()
    ]
    amounts = [
        SignedFigure(name, int(of_currency(reports, report, currency).get(field, 0)), True)
        for name, (report, field) in MONEY.items()
    ]
    return (*counts, *amounts)
