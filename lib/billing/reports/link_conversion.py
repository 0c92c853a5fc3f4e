"""How many of the links that can no longer be used were acted on, by flow and by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..domain.flow_values import LINK_REASONS
from ..domain.money import rate
from ..linking.outcomes import HandedOut
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .links import links_of
from .request import ReportRequest

FEW = 30
"""Below as many matured links a rate says little: one link more or less moves it by 3 % and up."""

OWN_WORDS = "own words"


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    links = [
        link
        for link in links_of(connection, request)
        # What strangers did with a Checkout cannot be told: their customer is made by it.
        if link.progress.dead_at is not None and link.customer_id
    ]
    if not links:
        return
    yield _row("all", "all", links, request.now)
    for by, name_of in (("flow", _flow), ("reason", _reason)):
        names = Counter(name_of(link) for link in links)
        for name in sorted(names):
            yield _row(by, name, [link for link in links if name_of(link) == name], request.now)


def _row(by: str, name: str, links: list[HandedOut], now: int) -> Row:
    matured = [link for link in links if link.progress.matured(now)]
    acted = sum(link.progress.outcome == "acted" for link in matured)
    return {
        "by": by,
        "name": name,
        "minted": len(links),
        "matured": len(matured),
        "acted": acted,
        "conversion": rate(acted, len(matured)) if matured else None,
        "small_sample": len(matured) < FEW,
    }


def _flow(link: HandedOut) -> str:
    return link.flow


def _reason(link: HandedOut) -> str:
    """The reason from the panel's list; whatever was added to it is nobody's category."""
    return next((known for known in LINK_REASONS if link.reason.startswith(known)), OWN_WORDS)


REPORT = Definition(
    name="link-conversion",
    question="How many of the links that can no longer be used did customers act on?",
    rows=rows,
    dated_by="minted_at",
    has_currency=False,
    kept_only=True,
    order="All, then by flow, then by reason",
    fields=(
        Field("by", Kind.TEXT, "What the row gathers: all, one flow, or one reason."),
        Field("name", Kind.TEXT, "The flow, or the reason as the panel lists it."),
        Field("minted", Kind.NUMBER, "Links that were minted for who was a customer already."),
        Field(
            "matured",
            Kind.NUMBER,
            "Of these the ones whose last possible moment has passed: the denominator.",
        ),
        Field("acted", Kind.NUMBER, "Of the matured ones those that were acted on."),
        Field("conversion", Kind.RATE, "acted / matured; null without a matured link."),
        Field("small_sample", Kind.FLAG, f"Fewer than {FEW} matured links: the rate says little."),
    ),
)
