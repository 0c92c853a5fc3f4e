"""Who pays and is kept out, and who is let in and does not pay.

Paying against access has four cells. Customers of the two that agree are left out: `entitlements`
lists everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from ..domain.access import judge
from ..domain.grants import Access
from ..domain.rows import EntitlementRow
from ..store.queries import paying
from ..store.queries.entitlements import all_entitlements
from ..store.queries.paying import Paid
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest
from .tally import Totals

CUSTOMERS_AT_ONCE: Final = 1_000


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    everyone = all_entitlements(connection)
    while some := list(islice(everyone, CUSTOMERS_AT_ONCE)):
        yield from _rows(connection, request, some)


def _rows(
    connection: Connection, request: ReportRequest, some: Sequence[EntitlementRow]
) -> Iterator[Row]:
    among = [stored.customer_id for stored in some]
    mrr = paying.mrr_by_customer(connection, among)
    stopped = paying.stopped_paying(connection, request.policy, among)
    began = paying.began(connection, among)
    for stored in some:
        access = judge(stored, request.now, request.setup.catalog, timezone=request.setup.timezone)
        paid = mrr.get(access.customer_id, [])
        pays = _pays(paid)
        if pays is access.access:
            continue
        start, currency = began.get(access.subscription_id or "", (None, None))
        since = _since(access, pays, request.now, start, stopped.get(access.customer_id))
        for each in _told(paid, pays, currency):
            if request.currency in (None, each.currency):
                yield {
                    "customer_id": access.customer_id,
                    "pays": pays,
                    "access": access.access,
                    "since": since,
                    "mrr_minor": None if pays is None else each.mrr_minor,
                    "currency": each.currency,
                    "rule": access.rule,
                    "org_id": access.org_id,
                    "plan": access.plan,
                    "status": access.status,
                    "subscription_id": access.subscription_id,
                    "event_id": access.event_id,
                    "sentence": access.sentence,
                }


def _pays(paid: Sequence[Paid]) -> bool | None:
    """None: an MRR that cannot be computed might be something."""
    if any(each.mrr_minor > 0 for each in paid):
        return True
    return None if any(each.uncounted for each in paid) else False


def _told(paid: Sequence[Paid], pays: bool | None, currency: str | None) -> list[Paid]:
    """A row for each currency that is paid in; else one in that of the deciding subscription."""
    if pays:
        return [each for each in paid if each.mrr_minor > 0]
    return [Paid(currency, 0, 0)]


def _since(
    access: Access, pays: bool | None, now: int, began: int | None, stopped: int | None
) -> int | None:
    if pays is None:
        return None
    if access.access:
        return max((second for second in (began, stopped) if second is not None), default=None)
    until = access.access_until
    return until if until is not None and until <= now else None


class _Tally:
    """How many of each kind, and what those pay who are kept out."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, int]] = {}

    def add(self, row: Row) -> None:
        if row["currency"] is None:
            return
        nothing = {"pays_without_access": 0, "access_without_paying": 0, "mrr_minor": 0}
        total = self._found.setdefault(row["currency"], nothing)
        total["pays_without_access"] += row["pays"] is True
        total["access_without_paying"] += row["pays"] is False
        total["mrr_minor"] += row["mrr_minor"] or 0

    def found(self) -> Totals:
        return dict(sorted(self._found.items()))


REPORT = Definition(
    name="access-matrix",
    question=(
        "Who pays but has no access, and who has access but does not pay? Customers where the two "
        "agree are left out."
    ),
    rows=rows,
    tallied=_Tally,
    order="By customer_id",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field(
            "pays",
            Kind.FLAG,
            "Whether its MRR under the policy is above zero; null where that cannot be computed.",
        ),
        Field("access", Kind.FLAG, "Whether a subscription grants something at the report's time."),
        Field(
            "since",
            Kind.TIME,
            "Blocked: when access ended. Not paying: when the deciding subscription began or MRR "
            "last came to zero, the later. Null where neither tells.",
        ),
        Field(
            "mrr_minor",
            Kind.MONEY,
            "MRR counted under the policy, a row for each currency that is paid in.",
        ),
        Field("currency", Kind.TEXT, "Currency of the MRR, or of the deciding subscription."),
        Field("rule", Kind.TEXT, "The access rule that decided, at the time of the report."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("plan", Kind.TEXT, "The plan that decides; the default plan without access."),
        Field("status", Kind.TEXT, "Stripe's status of the deciding subscription."),
        Field("subscription_id", Kind.TEXT, "The subscription that decided."),
        Field("event_id", Kind.TEXT, "The event behind the deciding subscription's state."),
        Field("sentence", Kind.TEXT, "Why access is as it is, in one sentence."),
    ),
)
