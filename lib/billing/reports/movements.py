"""Every change of a customer's MRR."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries.movements import all_movements
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for movement in all_movements(
        connection, request.policy, request.currency, request.starts, request.ends
    ):
        yield dict(movement)


REPORT = Definition(
    name="movements",
    question="Whose MRR changed, when, by how much and why?",
    rows=rows,
    by_movements=lambda request: True,
    dated_by="occurred_at",
    counted_as="movements",
    sums=("delta_minor",),
    order="By occurred_at, then customer_id and currency",
    fields=(
        Field("occurred_at", Kind.TIME, "The effective time of the movement's last change."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("kind", Kind.TEXT, "new, reactivation, expansion, contraction or churn."),
        Field("delta_minor", Kind.MONEY, "By how much MRR changed."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("from_plan", Kind.TEXT, "The plan before; null for none."),
        Field("to_plan", Kind.TEXT, "The plan after; null for none."),
        Field("subscription_id", Kind.TEXT, "The subscription whose change came last."),
        Field("event_id", Kind.TEXT, "The event behind the last change."),
        Field("from_interval", Kind.TEXT, "The billing interval before."),
        Field("to_interval", Kind.TEXT, "The billing interval after."),
        Field("before_minor", Kind.MONEY, "The customer's MRR before."),
        Field("after_minor", Kind.MONEY, "The customer's MRR after."),
        Field("reconstructed", Kind.FLAG, "Inferred from an object first seen mid-life."),
        Field("switched", Kind.FLAG, "One half of a change of currency."),
    ),
)
