"""Who went from which plan to which."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.plan_moves import ADDED, ARRIVALS, LEFT, NEW, RETURNED, MoveFilters
from ..store.queries import plan_moves, plan_standing
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection
from ..store.queries.spans import Span
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest

_WORDS = {NEW: "new", RETURNED: "returned", ADDED: "added"}


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    ends = plan_standing.EVER if request.ends is None else request.ends
    span = Span(request.starts or 0, ends)
    wanted = request.filters
    if not isinstance(wanted, MoveFilters):
        wanted = MoveFilters()
    codes = [request.currency] if request.currency else None
    for code in codes or sorted(rolling.currencies(connection, request.policy)):
        for row in plan_moves.every_row(connection, request.policy, code, span, wanted):
            yield {
                "customer_id": row["customer_id"],
                "org_id": row["org_id"],
                "email": row["email"],
                "name": row["name"],
                "move": _move(row["was"], row["now"]),
                "from_plan": None if row["was"] in ARRIVALS else row["was"] or None,
                "to_plan": None if row["now"] == LEFT else row["now"] or None,
                "before_minor": int(row["before_minor"]),
                "after_minor": int(row["after_minor"]),
                "delta_minor": int(row["after_minor"]) - int(row["before_minor"]),
                "currency": code,
                "moved_at": row["moved_at"],
            }


def _move(was: str, now: str) -> str:
    if was in _WORDS:
        return _WORDS[was]
    if now == LEFT:
        return "left"
    return "changed" if was == now else "moved"


REPORT = Definition(
    name="plan-moves",
    question="Who came to a plan, left it, or went from one to another, between two times?",
    rows=rows,
    dated_by="moved_at",
    counted_as="moves",
    sums=("before_minor", "after_minor", "delta_minor"),
    order="By currency, then the largest change of MRR",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("name", Kind.TEXT, "The customer's name."),
        Field(
            "move",
            Kind.TEXT,
            "new, returned (paid before, and nothing when the time began), added (a plan beside "
            "another), moved, changed (more or less MRR on the same plan) or left.",
        ),
        Field("from_plan", Kind.TEXT, "The plan at the beginning; null for none, or not known."),
        Field("to_plan", Kind.TEXT, "The plan at the end; null for none, or not known."),
        Field("before_minor", Kind.MONEY, "MRR on that plan at the beginning."),
        Field("after_minor", Kind.MONEY, "MRR on the plan at the end."),
        Field("delta_minor", Kind.MONEY, "after − before."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("moved_at", Kind.TIME, "The customer's last movement of the time."),
    ),
)
