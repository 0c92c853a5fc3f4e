"""Is the database there, and do its rows say what today's rules say?"""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Settings
from ..domain.catalog import Catalog
from ..domain.errors import BillingError
from ..domain.fold import Rules, mark_of
from ..portal import plan_as_told
from ..settings.business import Business
from ..store import audit, closes, coverage, failing, meta, migrate, references
from ..store.engine import Store
from . import money, outgoing, portal, running, upkeep
from .finding import Finding, some

RIGHT_TO_CODES = "Give the key the rights to read invoices and PaymentIntents."


def database(
    settings: Settings, catalog: Catalog | None, business: Business | None
) -> Iterator[Finding]:
    """Whether the database answers, is migrated, and holds rows of today's rules."""
    try:
        store = Store(settings.database_url, read_url=settings.read_database_url)
    except BillingError as error:
        yield Finding(False, "Database", str(error), "Correct PORTSIDE_DATABASE_URL.")
        return
    try:
        revision = migrate.current(store)
        if revision is not None and revision > migrate.head():
            said = f"It is at revision {revision}, this version knows {migrate.head()}."
            yield Finding(False, "Database", said, "Use the version that upgraded it.")
            return
        if revision != migrate.head():
            said = "It has no tables yet." if revision is None else f"It is at revision {revision}."
            yield Finding(False, "Database", said, "Run `portside db upgrade`.")
            return
        yield Finding(True, "Database", f"Reachable, at revision {revision}.")
        yield from running.postgres(store)
        with store.reading() as connection:
            unknown = coverage.unresolved_prices(connection)
            folded_by = meta.get(connection, meta.FOLDED_BY)
            applied = meta.get(connection, meta.APPLIED)
            left = meta.get(connection, meta.REFOLD_LEFT)
            followed = audit.follow(connection)
            no_codes = failing.refused(connection)
            months = closes.follow(connection)
        yield _unresolved(unknown)
        yield _chain(followed)
        yield _closes(months)
        if no_codes is not None:
            yield Finding(False, "Decline codes", no_codes, RIGHT_TO_CODES)
        if catalog is not None and business is not None:
            now = Rules(catalog=catalog, policy=business.policy, timezone=business.timezone)
            yield _folded(now, folded_by, left)
            yield from _applied(catalog, applied)
            yield from money.findings(store, catalog, business, settings.now)
        if business is not None:
            yield from upkeep.pruning(store, business, settings.now)
            yield from outgoing.arriving(store, business.outgoing, settings.now)
        if catalog is not None and settings.api_key is None:
            yield from _portal(store, catalog, settings.return_url)
    except BillingError as error:
        yield Finding(False, "Database", str(error), "Check PORTSIDE_DATABASE_URL.")
    finally:
        store.close()


def _portal(store: Store, catalog: Catalog, return_url: str | None) -> Iterator[Finding]:
    """The portal as events told of it, where nobody can be asked; nothing when none did."""
    with store.reading() as connection:
        if not references.states(connection, "portal_configuration"):
            return
    yield from portal.findings(plan_as_told(store, catalog, return_url), told_by="its events")


def _applied(catalog: Catalog, applied: str | None) -> Iterator[Finding]:
    """Whether the file here is the catalogue that was applied; nothing before the first apply."""
    name = "Applied catalogue"
    if applied is None:
        return
    if applied == catalog.mark:
        yield Finding(True, name, "The file is the catalogue that was last applied.")
        return
    yield Finding(
        False,
        name,
        "The file is not the catalogue that was last applied: what runs keeps to its own.",
        "Look at `portside catalog impact`, then `portside catalog apply`, or deploy the applied "
        "file here.",
    )


def _folded(now: Rules, folded_by: str | None, left: str | None = None) -> Finding:
    name = "Rules"
    if folded_by in (None, mark_of(now)):
        return Finding(True, name, "Every row is folded by today's catalogue and policy.")
    if left is not None and folded_by == f"{meta.REFOLDING}{mark_of(now)}":
        said = f"Another catalogue was applied: {int(left):,} customers are still to be folded."
        return Finding(False, name, said, "Leave `portside serve` running until it is done.")
    return Finding(
        False,
        name,
        "The catalogue, the policy or the time zone has changed since rows were folded.",
        "Run `portside replay`.",
    )


def _chain(followed: audit.Followed) -> Finding:
    name = "Audit"
    if followed.broken is None:
        return Finding(True, name, f"Its {followed.rows} rows follow one another unbroken.")
    return Finding(
        False,
        name,
        f"Row {followed.broken} does not continue the chain: it or one before it was changed.",
        "Compare the audit with a backup: nothing of Portside changes a row.",
    )


def _closes(months: closes.Verified) -> Finding:
    name = "Closed months"
    if months.broken is None:
        return Finding(True, name, f"The seals of all {months.months} and their movements hold.")
    return Finding(
        False,
        name,
        f"Not as they were sealed: {months.broken}.",
        "Compare with a backup: nothing of Portside changes a closed month.",
    )


def _unresolved(unknown: list[str]) -> Finding:
    name = "Subscriptions' prices"
    if not unknown:
        return Finding(True, name, "Every live subscription's price maps to a plan.")
    return Finding(
        False,
        name,
        f"{len(unknown)} prices of live subscriptions map to no plan: {some(unknown)}.",
        "Add them to the catalogue, by lookup key or price id.",
    )
