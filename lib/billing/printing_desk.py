"""The facade's part for paper: what a person prints is what their roles may see, and is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, get_args

from .domain.filters import clean
from .domain.permissions import Permission, Role, permissions_of, require
from .noting import Noting
from .printing.brief import MOST_ENTRIES, MOST_NOTES, Asked, brief
from .printing.month import printed as on_paper
from .printing.words import LANGUAGES
from .settings.setup import Setup
from .showing import closes, customers
from .showing.customer_views import TimelineKind
from .store import audit
from .store.audit import AuditRow
from .store.engine import Store
from .store.queries.reading import Reader

_APART: Final = frozenset({"note", "movement"})
"""Kinds of the timeline that have a place of their own, or are for who may see money."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One document: a file name without hostile characters, and its HTML."""

    name: str
    html: str


class PrintingDesk:
    """Reads; writes nothing but that something was printed."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def print_customer(
        self,
        customer_id: str,
        *,
        staff: str,
        roles: Collection[Role],
        language: str = "en",
        say: Callable[[str], str] = str,
    ) -> Printed:
        """The customer brief, kept in the audit before it is given.

        ``say`` tells the domain's sentences in ``language``. MRR and staff notes are on it only for
        roles that may see them. Raises PermissionDenied, NoCustomer.
        """
        require(roles, Permission.CUSTOMERS)
        customer_id, now, rights = clean(customer_id), self._clock(), permissions_of(roles)
        view = customers.view(self._reader, self._setup, now, customer_id, None)
        told = customers.timeline_page(
            self._reader,
            self._setup,
            now,
            customer_id,
            roles=roles,
            kinds=_kinds(rights),
            at=None,
            limit=MOST_ENTRIES,
            offset=0,
        )
        notes = None
        if Permission.NOTES in rights:
            noting = Noting(self._store, self._clock)
            notes = noting.listed(customer_id, roles=roles, limit=MOST_NOTES, offset=0)
        asked = Asked(
            staff=staff,
            rights=rights,
            language=language if language in LANGUAGES else "en",
            say=say,
            catalog=self._setup.catalog,
            timezone=self._setup.timezone,
            livemode=self._setup.livemode,
        )
        html = brief(view, told, notes, asked)
        self._printed(staff, "customer brief", customer_id=customer_id)
        return Printed(f"{customer_id}.html", html)

    def print_close(
        self, month: str, *, staff: str, roles: Collection[Role], language: str = "en"
    ) -> Printed:
        """One closed month, kept in the audit before it is given.

        Raises PermissionDenied, NoSuchObject.
        """
        for needed in (Permission.MONEY, Permission.EXPORT):
            require(roles, needed)
        month = clean(month)
        sheet = closes.sheet(self._reader, self._setup, month)
        html = on_paper(sheet, self._setup, staff=staff, now=self._clock(), language=language)
        self._printed(staff, f"month close {month}")
        return Printed(f"month-close-{month}.html", html)

    def _printed(self, staff: str, what: str, *, customer_id: str | None = None) -> None:
        """Keep that ``staff`` printed ``what``: before the document is given to anybody."""
        row = AuditRow(self._clock(), staff, "print", customer_id, detail=what)
        with self._store.writing() as connection:
            audit.append(connection, row)


def _kinds(rights: Collection[Permission]) -> tuple[str, ...]:
    """Staff notes stand apart from the timeline; MRR is in it for who may see money."""
    hidden = _APART - ({"movement"} if Permission.MONEY in rights else set())
    return tuple(kind for kind in get_args(TimelineKind) if kind not in hidden)
