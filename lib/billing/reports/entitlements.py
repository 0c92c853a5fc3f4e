"""Who may use what."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.access import judge
from ..store.queries.entitlements import all_entitlements
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for stored in all_entitlements(connection):
        access = judge(stored, request.now, request.setup.catalog, timezone=request.setup.timezone)
        yield {
            "customer_id": access.customer_id,
            "org_id": access.org_id,
            "plan": access.plan,
            "rule": access.rule,
            "access": access.access,
            "access_until": access.access_until,
            "status": access.status,
            "cancel_at_period_end": access.cancel_at_period_end,
            "cancel_at": access.cancel_at,
            "current_period_end": access.current_period_end,
            "features": list(access.features),
            "limits": dict(access.limits),
            "event_id": access.event_id,
            "subscription_id": access.subscription_id,
            "plan_resolved": access.plan_resolved,
            "sentence": access.sentence,
        }


REPORT = Definition(
    name="entitlements",
    question="Which plan, features and limits does each customer have, and by which rule?",
    rows=rows,
    has_currency=False,
    order="By customer_id",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("plan", Kind.TEXT, "The plan that decides; the default plan without access."),
        Field("rule", Kind.TEXT, "The access rule that decided, at the time of the report."),
        Field("access", Kind.FLAG, "Whether a subscription grants something now."),
        Field(
            "access_until",
            Kind.TIME,
            "When access ends or ended by what is known now; null while it renews.",
        ),
        Field("status", Kind.TEXT, "Stripe's status of the deciding subscription."),
        Field("cancel_at_period_end", Kind.FLAG, "Stripe's flag of the deciding subscription."),
        Field("cancel_at", Kind.TIME, "Stripe's date of the deciding subscription's end."),
        Field("current_period_end", Kind.TIME, "The earliest period end among its items."),
        Field("features", Kind.LIST, "Feature flags, over everything that grants access."),
        Field("limits", Kind.MAPPING, "The highest limit of everything that grants access."),
        Field("event_id", Kind.TEXT, "The event behind the deciding subscription's state."),
        Field("subscription_id", Kind.TEXT, "The subscription that decided."),
        Field(
            "plan_resolved",
            Kind.FLAG,
            "Whether the catalogue knows every price of the deciding subscription.",
        ),
        Field("sentence", Kind.TEXT, "Why, in one sentence."),
    ),
)
