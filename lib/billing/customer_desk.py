"""The facade's part for the customer page: the story, notes, replies and raw objects."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .domain.filters import clean
from .domain.permissions import Permission, Role, require
from .domain.staff_notes import StaffNote
from .noting import Noting
from .replies.reply import Reply, compose
from .replies.situation import situation_of
from .settings.setup import Setup
from .showing import customers, finding, raw
from .showing.customer_views import (
    CustomerView,
    Explanation,
    RawBody,
    RawObject,
    RawSighting,
    TimelineEntry,
)
from .showing.finding import SearchPage
from .showing.views import Listing
from .store.engine import Store
from .store.queries.reading import Reader
from .store.queries.search import find_customer_ids


class CustomerDesk:
    """Reads everything about one customer; adds notes for people who may."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def search(self, text: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
        """Customers whose id, e-mail, name or org, or whose sub_, in_ or invoice number matches.

        Case-blind and partial; exact matches first, then beginnings, then middles. Ids match by
        their beginning. At most 50 a page. Never raises for what was typed: it says a sentence.
        """
        return finding.search(self._reader, self._setup, self._clock(), clean(text), limit, offset)

    def find(self, wanted: str) -> list[str]:
        """Ids of the customers that ``wanted`` names exactly: an id, an org or an e-mail."""
        with self._reader.open() as connection:
            return find_customer_ids(connection, clean(wanted))

    def customer(self, customer_id: str, *, at: int | None = None) -> CustomerView:
        """Everything about one customer, now or as it was at ``at``. Raises NoCustomer."""
        return customers.view(self._reader, self._setup, self._clock(), clean(customer_id), at)

    def explain(self, wanted: str, at: int | None = None) -> list[Explanation]:
        """Why ``wanted`` (customer, org or e-mail) has or lacks access at ``at``, default now.

        One explanation a customer of the org. Raises NoCustomer.
        """
        return customers.explanations(self._reader, self._setup, self._clock(), clean(wanted), at)

    def timeline(
        self,
        customer_id: str,
        *,
        roles: Collection[Role] = (),
        kinds: Collection[str] = (),
        at: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Listing[TimelineEntry]:
        """One page of what happened, the latest first, narrowed to ``kinds``.

        Links and staff notes are in it for roles that may make and read them.
        ``choices["kinds"]`` are those there are. Raises NoCustomer.
        """
        return customers.timeline_page(
            self._reader,
            self._setup,
            self._clock(),
            clean(customer_id),
            roles=roles,
            kinds=kinds,
            at=at,
            limit=limit,
            offset=offset,
        )

    def reply(self, view: CustomerView, language: str | None = None) -> Reply:
        """A short answer for the customer, in ``language`` or else the one they prefer."""
        situation = situation_of(
            view.access,
            view.subscriptions,
            view.invoices,
            view.balances,
            self._setup.catalog,
            view.at,
        )
        return compose(situation, language or view.customer.locale, self._setup.timezone)

    def notes(
        self, customer_id: str, *, roles: Collection[Role], limit: int = 20, offset: int = 0
    ) -> Listing[StaffNote]:
        """One page of what staff wrote, the latest first. Raises PermissionDenied."""
        return self._noting.listed(customer_id, roles=roles, limit=limit, offset=offset)

    def add_note(self, customer_id: str, body: str, *, staff: str, roles: Collection[Role]) -> int:
        """Write a note, by its number. Raises PermissionDenied, WrongUsage, NoCustomer."""
        return self._noting.add(customer_id, body, staff=staff, roles=roles)

    def raw_objects(self, customer_id: str, *, roles: Collection[Role]) -> list[RawObject]:
        """The stored objects of a customer. Raises PermissionDenied, NoCustomer."""
        require(roles, Permission.RAW)
        return raw.objects(self._reader, clean(customer_id))

    def raw_sightings(
        self, customer_id: str, object_type: str, object_id: str, *, roles: Collection[Role]
    ) -> list[RawSighting]:
        """What was seen of one object, the latest first. Raises PermissionDenied, NoSuchObject."""
        require(roles, Permission.RAW)
        return raw.sightings(self._reader, clean(customer_id), object_type, clean(object_id))

    def raw_body(self, event_id: str, *, roles: Collection[Role]) -> RawBody:
        """What Stripe sent, without secrets. Raises PermissionDenied."""
        require(roles, Permission.RAW)
        return raw.body(self._reader, clean(event_id))

    @property
    def _noting(self) -> Noting:
        return Noting(self._store, self._clock)
