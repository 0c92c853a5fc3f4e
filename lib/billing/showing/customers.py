"""The customer page: everything about somebody, and why they have access or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.access import judge, merge
from ..domain.corrections import corrections
from ..domain.errors import NoCustomer
from ..domain.fold import CustomerFold, fold_customer
from ..domain.observations import Observation
from ..domain.project import project
from ..domain.rows import CustomerRow, EntitlementRow, InvoiceRow, MovementRow, SubscriptionRow
from ..domain.schedules import schedules_ahead
from ..domain.times import iso
from ..linking.outcomes import handed_out
from ..settings.rules import current_rules
from ..settings.setup import Setup
from ..store import history
from ..store.queries import customer as stored
from ..store.queries import invoices
from ..store.queries import search as finding
from ..store.queries.entitlements import entitlements_of
from ..store.queries.links import link_rows
from ..store.queries.reading import Connection, Reader
from .explain import explanation, timeline
from .views import CustomerView, Explanation, LinkSeen

MOST_INVOICES = 200
MOST_ENTRIES = 200
MOST_LINKS = 50


def view(reader: Reader, setup: Setup, now: int, customer_id: str, at: int | None) -> CustomerView:
    """Everything about one customer, now or at ``at``. Raises NoCustomer."""
    moment = now if at is None else at
    with reader.open() as connection:
        seen = _seen(connection, customer_id)
        fold = _fold_until(connection, setup, customer_id, seen, at)
        kept = _kept(connection, setup, customer_id) if at is None else _made(fold)
        links = tuple(_links(connection, fold, moment, at))
        org = kept.customer.org_id
        siblings = stored.same_org(connection, org, customer_id) if org else []
    access = judge(kept.entitlement, moment, setup.catalog, timezone=setup.timezone)
    told = timeline(fold, kept.movements, links)
    return CustomerView(
        customer=kept.customer,
        access=access,
        access_sentence=access.sentence,
        plan_name=setup.catalog.plan(access.plan).name,
        feature_names=tuple(
            setup.catalog.features[f].name if f in setup.catalog.features else f
            for f in access.features
        ),
        at=moment,
        subscriptions=tuple(kept.subscriptions),
        invoices=tuple(kept.invoices),
        timeline=tuple(reversed(told[-MOST_ENTRIES:])),
        links=links,
        same_org=tuple(siblings),
        balances=kept.balances,
        corrections=corrections(fold),
        schedules=schedules_ahead(fold, moment),
        known_since=min(observation.effective for observation in seen),
    )


def explanations(
    reader: Reader, setup: Setup, now: int, wanted: str, at: int | None
) -> list[Explanation]:
    """One explanation for each customer that ``wanted`` names, the best access first."""
    moment = now if at is None else at
    with reader.open() as connection:
        ids = finding.find_customer_ids(connection, wanted)
        if not ids:
            raise NoCustomer.named(wanted)
        folds = _folds(connection, setup, ids, at)
    judged = []
    for fold in folds:
        row = project(fold).entitlement
        access = judge(row, moment, setup.catalog, timezone=setup.timezone)
        judged.append((access, explanation(access, fold, moment)))
    best = merge([access for access, _ in judged], setup.catalog)
    judged.sort(key=lambda pair: (pair[0] is not best, not pair[0].access, pair[0].customer_id))
    return [explained for _, explained in judged]


def _folds(
    connection: Connection, setup: Setup, ids: Sequence[str], at: int | None
) -> list[CustomerFold]:
    """Those of an organization's customers that were known at ``at``; raises if none was."""
    folds, unknown = [], None
    for customer_id in ids:
        try:
            folds.append(_fold(connection, setup, customer_id, at))
        except NoCustomer as error:
            unknown = error
    if not folds and unknown:
        raise unknown
    return folds


@dataclass(frozen=True, slots=True)
class _Rows:
    customer: CustomerRow
    entitlement: EntitlementRow
    subscriptions: Sequence[SubscriptionRow]
    invoices: Sequence[InvoiceRow]
    movements: Sequence[MovementRow]
    balances: dict[str, int]


def _seen(connection: Connection, customer_id: str) -> list[Observation]:
    """All that was seen of a customer. Raises NoCustomer."""
    seen = history.of_customers(connection, [customer_id])[customer_id]
    if not seen:
        raise NoCustomer.named(customer_id)
    return seen


def _fold(connection: Connection, setup: Setup, customer_id: str, at: int | None) -> CustomerFold:
    return _fold_until(connection, setup, customer_id, _seen(connection, customer_id), at)


def _fold_until(
    connection: Connection,
    setup: Setup,
    customer_id: str,
    seen: Sequence[Observation],
    at: int | None,
) -> CustomerFold:
    known = [o for o in seen if at is None or o.effective <= at]
    if not known:
        raise NoCustomer(f"Nothing of {customer_id} was known at {iso(at)}: choose a later time.")
    return fold_customer(customer_id, known, current_rules(connection, setup))


def _kept(connection: Connection, setup: Setup, customer_id: str) -> _Rows:
    customer = stored.customers_of(connection, [customer_id]).get(customer_id)
    entitlement = entitlements_of(connection, [customer_id]).get(customer_id)
    if customer is None or entitlement is None:
        raise NoCustomer.named(customer_id)
    return _Rows(
        customer,
        entitlement,
        stored.subscriptions_of(connection, customer_id),
        invoices.invoices_of(connection, customer_id, MOST_INVOICES),
        stored.movements_of(connection, customer_id, setup.policy),
        invoices.open_balances(connection, customer_id),
    )


def _made(fold: CustomerFold) -> _Rows:
    rows = project(fold)
    balances: dict[str, int] = {}
    for invoice in rows.invoices:
        if invoice.status == "open" and invoice.currency:
            owed = balances.get(invoice.currency, 0) + invoice.amount_remaining_minor
            balances[invoice.currency] = owed
    by_newest = sorted(rows.invoices, key=lambda i: (-(i.created_at or 0), i.invoice_id))
    by_live = sorted(
        rows.subscriptions, key=lambda s: (not s.live, -(s.created_at or 0), s.subscription_id)
    )
    return _Rows(
        rows.customer,
        rows.entitlement,
        by_live,
        by_newest[:MOST_INVOICES],
        rows.movements,
        balances,
    )


def _links(
    connection: Connection, fold: CustomerFold, moment: int, at: int | None
) -> list[LinkSeen]:
    """What was handed out, newest first."""
    ends = None if at is None else at + 1
    rows = link_rows(connection, customer_id=fold.customer_id, ends=ends)
    links = handed_out(connection, rows, fold.rules, now=moment, until=at)
    return [
        LinkSeen(
            minted_at=link.minted_at,
            staff=link.staff,
            flow=link.flow,
            reason=link.reason,
            ticket=link.ticket,
            outcome=link.progress.outcome,
        )
        for link in reversed(links)
    ][:MOST_LINKS]
