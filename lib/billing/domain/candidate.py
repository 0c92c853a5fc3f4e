"""A catalogue that somebody pastes to try it out. It may be anything at all, so it is bounded."""

from __future__ import annotations

import hashlib
from typing import Final

from .catalog import Catalog, parse_catalog
from .errors import CatalogInvalid

MOST_BYTES: Final = 256 * 1024
MOST_ENTRIES: Final = 5_000
"""Plans, prices, features and limits together, each plan's own counted."""

MOST_PLANS: Final = 500
"""And as many pricing tables: every table is held against every plan."""

MOST_DOTS: Final = 100
"""In one line outside of any text: the library's time for a dotted key grows with their square."""

LONGEST: Final = 280
"""Characters of one sentence about it."""

NAME: Final = "candidate"


def read_candidate(text: str) -> Catalog:
    """Read it as the file is read. Raises CatalogInvalid with the line and the remedy."""
    if not text.strip():
        raise CatalogInvalid("There is nothing to compare: paste a catalogue, or upload a file.")
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise CatalogInvalid(
            f"The candidate is larger than {MOST_BYTES // 1024} KiB. Take out what is not of the "
            "catalogue, or use portside catalog impact --candidate FILE."
        )
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > MOST_DOTS:
            raise CatalogInvalid(
                f"{NAME}, line {number}: more than {MOST_DOTS} dots. Write it in shorter lines.",
                line=number,
            )
    try:
        catalog = parse_catalog(text, source=NAME)
    except RecursionError:
        raise CatalogInvalid(
            f"{NAME}: brackets within brackets, too deep to be a catalogue."
        ) from None
    except CatalogInvalid as error:
        raise CatalogInvalid(shortened(str(error)), code=error.code, line=error.line) from None
    except (ValueError, OverflowError):
        # Such as a number of more digits than Python reads.
        raise CatalogInvalid(f"{NAME}: it holds a value that cannot be read.") from None
    if max(len(catalog.plans), len(catalog.tables)) > MOST_PLANS:
        raise _too_many(f"{MOST_PLANS} plans or pricing tables")
    if _entries(catalog) > MOST_ENTRIES:
        raise _too_many(f"{MOST_ENTRIES:,} plans, prices, features and limits")
    return catalog


def shortened(sentence: str) -> str:
    """A sentence that quotes the candidate, kept readable whatever it quotes."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def mark_of_text(text: str) -> str:
    """Another one for another text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _too_many(what: str) -> CatalogInvalid:
    return CatalogInvalid(
        f"{NAME}: more than {what}. Use portside catalog impact --candidate FILE."
    )


def _entries(catalog: Catalog) -> int:
    return len(catalog.features) + sum(
        1 + len(plan.prices) + len(plan.features) + len(plan.limits)
        for plan in catalog.plans.values()
    )
