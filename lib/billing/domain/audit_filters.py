"""What the audit's list is narrowed to and paged to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .filters import MAX_PAGE, clean


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """An empty value means no narrowing; ``starts`` and ``ends`` are half-open unix seconds."""

    staff: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    customer: str = ""  # part of a customer's id, e-mail or name
    starts: int | None = None
    ends: int | None = None
    limit: int = 50
    offset: int = 0

    @property
    def page(self) -> tuple[int, int]:
        """``(limit, offset)``, kept within what a page may ask for."""
        return min(max(self.limit, 1), MAX_PAGE), max(self.offset, 0)

    def cleaned(self) -> AuditFilters:
        """The same without anything that no database takes."""
        return replace(
            self,
            staff=tuple(map(clean, self.staff)),
            actions=tuple(map(clean, self.actions)),
            customer=clean(self.customer),
        )


EVERYTHING = AuditFilters()
