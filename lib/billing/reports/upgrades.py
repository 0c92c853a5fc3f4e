"""Who moved up, from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from ..retention.upgrading import Asked, upgrades
from ..store.queries.reading import Connection, Reader
from .definition import Definition, Row, Scratch, nothing
from .fields import Field, Kind
from .request import ReportRequest


def rows(request: ReportRequest, kept: Reader, scratch: Scratch) -> Iterator[Row]:
    asked = Asked(
        policy=request.judged_by,
        catalog=request.setup.catalog,
        currency=request.currency,
        starts=request.starts,
        ends=request.ends,
        until=request.as_of,
    )
    with kept.open() as history, _moved(request, history, scratch) as moved:
        for upgrade in upgrades(moved, history, asked):
            yield asdict(upgrade)


@contextmanager
def _moved(request: ReportRequest, kept: Connection, scratch: Scratch) -> Iterator[Connection]:
    if not request.needs_scratch:
        yield kept
        return
    with scratch(request.judged_by, request.as_of, None) as reader, reader.open() as connection:
        yield connection


REPORT = Definition(
    name="upgrades",
    question=(
        "Who moved up: expansion, reactivation, the first payment after a free or trial "
        "subscription, and any higher-ranked plan or longer interval, even where MRR falls?"
    ),
    rows=nothing,
    opens=rows,
    dated_by="occurred_at",
    counted_as="upgrades",
    sums=("delta_minor",),
    fields=(
        Field("occurred_at", Kind.TIME, "The effective time of the change; the newest is first."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("name", Kind.TEXT, "The customer's name."),
        Field(
            "kind",
            Kind.TEXT,
            "The movement: expansion, reactivation, new (the first payment after a free or trial "
            "subscription), contraction (up in plan or interval, down in MRR); null where MRR did "
            "not move.",
        ),
        Field(
            "change",
            Kind.TEXT,
            "What changed, the first of plan, interval, quantity, price and discount; of a trial "
            "that is paid now, price.",
        ),
        Field("from_plan", Kind.TEXT, "The plan before; null for none."),
        Field("to_plan", Kind.TEXT, "The plan after; null where it is not in the catalogue."),
        Field("from_interval", Kind.TEXT, "The billing interval before."),
        Field("to_interval", Kind.TEXT, "The billing interval after."),
        Field("delta_minor", Kind.MONEY, "By how much MRR changed; below zero where it fell."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("subscription_id", Kind.TEXT, "The subscription that changed most."),
        Field("event_id", Kind.TEXT, "The event behind the change."),
        Field("reconstructed", Kind.FLAG, "Inferred from an object first seen mid-life."),
    ),
)
