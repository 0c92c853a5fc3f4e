"""Whether what runs is what was applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..domain.said import Count, said
from ..store import meta
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Reader


@dataclass(frozen=True, slots=True)
class CatalogStanding:
    """Marks of catalogues: the one that this process runs by, and the one that was applied (None:
    none ever was). ``left``: customers not yet folded by the applied one, None when all are."""

    running: str
    applied: str | None
    left: int | None

    @property
    def followed(self) -> bool:
        return self.applied in (None, self.running)

    def sentences(self) -> Iterator[str]:
        """What somebody should know, most urgent first; nothing when all is well."""
        if not self.followed:
            yield said(
                "Another catalogue was applied than the one in this installation's file, so these "
                "pages keep to the one that they started with. Deploy the applied file here, or "
                "apply this one."
            )
        if self.left is not None:
            yield (
                said(
                    "Another catalogue was applied: 1 customer is still to be folded by it. Until "
                    "then they have what they had."
                )
                if self.left == 1
                else said(
                    "Another catalogue was applied: {count} customers are still to be folded by "
                    "it. Until then they have what they had.",
                    count=Count(self.left),
                )
            )


def standing(reader: Reader, running: str) -> CatalogStanding:
    """As noted in the database now."""
    with reader.open() as connection:
        kept = read_meta(connection)
    left = kept.get(meta.REFOLD_LEFT)
    return CatalogStanding(running, kept.get(meta.APPLIED), int(left) if left is not None else None)
