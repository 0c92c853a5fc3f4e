"""Finding somebody: one box, whatever an agent has in hand."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.access import judge
from ..domain.grants import Access
from ..domain.said import Count, said
from ..domain.search import CUSTOMER_FIELDS, ID_BARE, INSIDE, Wanted, customer_terms, wanted
from ..settings.setup import Setup
from ..store.queries import search as stored
from ..store.queries.reading import Reader
from .views import SearchHit

MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of whom a search found. ``sentence``: why there is nobody, or not everybody."""

    hits: tuple[SearchHit, ...]
    total: int  # customers found; of a capped search, of the matches looked at
    capped: bool  # more match than were looked at
    sentence: str | None


def search(
    reader: Reader, setup: Setup, now: int, typed: str, limit: int, offset: int
) -> SearchPage:
    """Customers that ``typed`` matches, best first; none for an empty text."""
    if not typed:
        return SearchPage((), 0, capped=False, sentence=None)
    looked_for = wanted(typed)
    if looked_for.trouble:
        return SearchPage((), 0, capped=False, sentence=looked_for.trouble)
    with reader.open() as connection:
        matches = stored.matching_customers(
            connection, looked_for, min(max(limit, 1), MOST_HITS), max(offset, 0)
        )
        known = stored.known_of(connection, matches)
    hits = tuple(
        _hit(match, known[match.customer_id], looked_for, setup, now)
        for match in matches.page
        if match.customer_id in known
    )
    return SearchPage(hits, matches.total, matches.capped, _sentence(looked_for, matches))


def _hit(
    match: stored.Match, known: stored.Known, looked_for: Wanted, setup: Setup, now: int
) -> SearchHit:
    customer = known.customer
    access: Access | None = None
    if known.entitlement is not None:
        access = judge(known.entitlement, now, setup.catalog, timezone=setup.timezone)
    field, text = _matched(match, known, looked_for)
    return SearchHit(
        customer_id=customer.customer_id,
        name=customer.name,
        email=customer.email,
        org_id=customer.org_id,
        plan=access.plan if access else None,
        status=access.status if access else None,
        rule=access.rule if access else None,
        access=bool(access and access.access),
        matched=field,
        matched_text=text,
        plan_name=setup.catalog.plan(access.plan).name if access else None,
        ends_at=_ends_at(access) if access else None,
    )


def _matched(match: stored.Match, known: stored.Known, looked_for: Wanted) -> tuple[str, str]:
    """By which field, and what it says."""
    match match.kind:
        case "customer_id":
            return "customer", match.object_id
        case "subscription":
            return "subscription", match.object_id
        case "invoice_id":
            return "invoice", match.object_id
        case "invoice":
            return "invoice", known.number or match.object_id
    ranked = [
        (rank, n, field, term)
        for n, (field, term) in enumerate(
            zip(CUSTOMER_FIELDS, customer_terms(known.customer), strict=True)
        )
        if term and (rank := looked_for.rank(term)) is not None
    ]
    if not ranked:  # it was renamed between two commits
        return "customer", match.customer_id
    _, _, field, term = min(ranked)
    return field, term


def _ends_at(access: Access) -> int | None:
    """The scheduled end of what is live; None when nothing is winding down."""
    if access.rule in ("canceled", "no_subscription"):
        return None
    if access.cancel_at is not None:
        return access.cancel_at
    return access.current_period_end if access.cancel_at_period_end else None


def _sentence(looked_for: Wanted, matches: stored.Matches) -> str | None:
    """What is not shown, and what to type instead."""
    if matches.capped:
        return said(
            "More than {count} match: these are some of them. Type more to narrow them.",
            count=Count(stored.CAP),
        )
    if not looked_for.inside:
        return said(
            "With {count} characters or more, the middle of a name or address is searched too.",
            count=Count(INSIDE),
        )
    if not matches.total and len(looked_for.text) < ID_BARE:
        return said(
            "Ids are found by how they begin: type cus_, sub_ or in_, or {count} characters.",
            count=Count(ID_BARE),
        )
    return None
