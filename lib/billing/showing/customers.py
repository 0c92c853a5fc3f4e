"""The customer page: everything about somebody, and why they have access or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..domain.access import judge, merge
from ..domain.attempts import attempts
from ..domain.corrections import corrections
from ..domain.errors import NoCustomer
from ..domain.fold import CustomerFold
from ..domain.permissions import Permission, Role, permissions_of
from ..domain.project import project
from ..domain.schedules import schedules_ahead
from ..settings.setup import Setup
from ..store import staff_notes
from ..store.queries import customer as stored
from ..store.queries import search as finding
from ..store.queries.reading import Connection, Reader
from . import known
from .customer_views import CustomerView, Explanation, TimelineEntry
from .explain import explanation
from .timeline import timeline
from .usable import features_of, limits_of
from .views import Listing

MOST_ENTRIES = 500
MOST_NOTES = 500


def view(reader: Reader, setup: Setup, now: int, customer_id: str, at: int | None) -> CustomerView:
    """Everything about one customer, now or at ``at``. Raises NoCustomer."""
    moment = now if at is None else at
    with reader.open() as connection:
        seen = known.seen_of(connection, customer_id)
        fold = known.fold_until(connection, setup, customer_id, seen, at)
        kept = known.kept(connection, setup, customer_id) if at is None else known.made(fold)
        links = tuple(known.links_of(connection, fold, moment, at))
        org = kept.customer.org_id
        siblings = stored.same_org(connection, org, customer_id) if org else []
    access = judge(kept.entitlement, moment, setup.catalog, timezone=setup.timezone)
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
        links=links,
        same_org=tuple(siblings),
        balances=kept.balances,
        corrections=corrections(fold),
        schedules=schedules_ahead(fold, moment),
        known_since=min(observation.effective for observation in seen),
        features=features_of(kept.entitlement, access, moment, setup.catalog),
        limits=limits_of(kept.entitlement, access, moment, setup.catalog),
        attempts=attempts(fold),
    )


def timeline_page(
    reader: Reader,
    setup: Setup,
    now: int,
    customer_id: str,
    *,
    roles: Collection[Role],
    kinds: Collection[str],
    at: int | None,
    limit: int,
    offset: int,
) -> Listing[TimelineEntry]:
    """One page of what happened, the latest first. Raises NoCustomer.

    Sentences are folded from the customer's history, so all of it is read whatever the page is.
    """
    moment = now if at is None else at
    with reader.open() as connection:
        seen = known.seen_of(connection, customer_id)
        fold = known.fold_until(connection, setup, customer_id, seen, at)
        rows = known.kept(connection, setup, customer_id) if at is None else known.made(fold)
        rights = permissions_of(roles)
        links = known.links_of(connection, fold, moment, at) if Permission.LINKS in rights else []
        notes = (
            staff_notes.of_customer(connection, customer_id, limit=MOST_NOTES)
            if Permission.NOTES in rights
            else []
        )
    written = [note for note in notes if note.created_at <= moment]
    told = timeline(fold, rows.movements, links, written, moment)
    told.reverse()
    shown = [entry for entry in told if not kinds or entry.kind in kinds]
    limit, offset = min(max(limit, 1), MOST_ENTRIES), max(offset, 0)
    there = tuple(dict.fromkeys(entry.kind for entry in told))
    page = tuple(shown[offset : offset + limit])
    return Listing(page, len(shown), (), (), {"kinds": tuple(sorted(there))})


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


def _fold(connection: Connection, setup: Setup, customer_id: str, at: int | None) -> CustomerFold:
    return known.fold_until(
        connection, setup, customer_id, known.seen_of(connection, customer_id), at
    )
