"""The facade: everything that pages, the command line and the API ask of Portside.

Built by `lib.billing.wiring`. Reads only, except for minting links and writing the audit, which go
through `lib.billing.links`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from .domain.catalog import Catalog
from .domain.errors import ConfigurationError
from .domain.filters import EVERYTHING, Filters, clean
from .domain.permissions import Role
from .reports import Report, run_report
from .reports.request import ReportRequest
from .settings.rules import current_rules
from .settings.setup import Setup
from .showing import customers, finding, lists, overview
from .showing.finding import SearchPage
from .showing.views import (
    CustomerView,
    Explanation,
    FailedPaymentItem,
    Freshness,
    Listing,
    Overview,
    PlanCustomerItem,
    PlanMixItem,
    WindingDownItem,
)
from .store.engine import Store
from .store.meta import WATERMARK
from .store.queries.freshness import read_meta
from .store.queries.reading import Reader
from .store.queries.search import find_customer_ids
from .store.scratch import scratch
from .sync_desk import SyncDesk

if TYPE_CHECKING:
    from .domain.flows import LinkOptions
    from .links import LinkDesk, LinkProgress, LinkRequest, MintedLink


class Portside(SyncDesk):
    """One installation of Portside, read at its own clock."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        links: LinkDesk | None = None,
    ) -> None:
        self._store = store
        self._reader = Reader(store)
        self._clock = clock
        self._setup = setup
        self._links = links

    def now(self) -> int:
        """The clock's time, unix seconds. In the demo it is the sandbox's movable clock."""
        return self._clock()

    def watermark(self) -> int:
        """A number that grows with every write to the projection."""
        with self._reader.open() as connection:
            return int(read_meta(connection).get(WATERMARK, "0"))

    @property
    def catalog(self) -> Catalog:
        return self._setup.catalog

    @property
    def timezone(self) -> str:
        """The business time zone's name."""
        return self._setup.timezone

    @property
    def livemode(self) -> bool:
        return self._setup.livemode

    @property
    def policy(self) -> str:
        """The slug of the MRR policy that the projection is kept under."""
        return self._setup.policy

    def roles_of(self, email: str) -> frozenset[Role]:
        """What the configuration grants this person; nothing to whom it does not name."""
        return self._setup.roles.get(email.strip().lower(), frozenset())

    def freshness(self) -> Freshness:
        """How current the projection is; what the badge of every page shows."""
        return overview.freshness(self._reader, self._setup, self.now())

    def report(
        self,
        name: str,
        *,
        as_of: str | None = None,
        start: str | None = None,
        end: str | None = None,
        by: str | None = None,
        currency: str | None = None,
        policy: str | None = None,
        limit: int | None = None,
    ) -> Report:
        """One report, by its name in ``REPORTS``.

        ``as_of`` is a day or an ISO time; ``start`` and ``end`` are inclusive days; ``by`` is day,
        week, month or quarter. Raises WrongUsage for an unknown name or a value that cannot be
        used.
        """
        request = ReportRequest.parse(
            name,
            self._setup,
            now=self.now(),
            as_of=as_of,
            start=start,
            end=end,
            by=by,
            currency=currency,
            policy=policy,
            limit=limit,
        )
        return run_report(request, self._reader, self._scratch)

    def export(self, name: str, filters: Filters) -> Report:
        """The whole of a filtered list, all its pages, as the report of that name.

        ``name`` is winding-down, failed-payments or plan-mix. The filters' sort and page are not
        used: a report keeps its own order.
        """
        request = ReportRequest.parse(name, self._setup, now=self.now())
        return run_report(replace(request, filters=filters.cleaned()), self._reader, self._scratch)

    def overview(self) -> Overview:
        """The founders' first page: money by currency and the latest plan changes."""
        return overview.overview(self._reader, self._setup, self.now())

    def winding_down(self, filters: Filters = EVERYTHING) -> Listing[WindingDownItem]:
        """Live subscriptions whose end is scheduled. Bars: MRR by week (Monday) of the end.

        Sortable: ends_at, requested_at, mrr_minor, plan, customer, reason.
        """
        return lists.winding_down(self._reader, self._setup, self.now(), filters.cleaned())

    def failed_payments(self, filters: Filters = EVERYTHING) -> Listing[FailedPaymentItem]:
        """The queue of failing invoices, most urgent first. Bars: by decline code.

        Sortable: urgency, failed_at, amount, mrr_minor, next_attempt_at, attempts, customer.
        """
        return lists.failed_payments(self._reader, self._setup, self.now(), filters.cleaned())

    def plan_mix(self, filters: Filters = EVERYTHING) -> Listing[PlanMixItem]:
        """MRR by plan, interval and currency. Bars: by plan; the plan "" is not in the catalogue.

        Sortable: mrr_minor, customers, subscriptions, plan.
        """
        return lists.plan_mix(self._reader, self._setup, filters.cleaned())

    def plan_customers(self, filters: Filters = EVERYTHING) -> Listing[PlanCustomerItem]:
        """The subscriptions behind the plan mix, with their customers, the largest MRR first.

        Sortable: mrr_minor, start_date, customer.
        """
        return lists.plan_customers(self._reader, filters.cleaned())

    def search(self, text: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
        """Customers whose id, e-mail, name or org, or whose sub_, in_ or invoice number matches.

        Case-blind and partial; exact matches first, then beginnings, then middles. Ids match by
        their beginning. At most 50 a page. Never raises for what was typed: it says a sentence.
        """
        return finding.search(self._reader, self._setup, self.now(), clean(text), limit, offset)

    def find(self, wanted: str) -> list[str]:
        """Ids of the customers that ``wanted`` names exactly: an id, an org or an e-mail."""
        with self._reader.open() as connection:
            return find_customer_ids(connection, clean(wanted))

    def customer(self, customer_id: str, *, at: int | None = None) -> CustomerView:
        """Everything about one customer, now or as it was at ``at``. Raises NoCustomer."""
        return customers.view(self._reader, self._setup, self.now(), clean(customer_id), at)

    def explain(self, wanted: str, at: int | None = None) -> list[Explanation]:
        """Why ``wanted`` (customer, org or e-mail) has or lacks access at ``at``, default now.

        One explanation a customer of the org. Raises NoCustomer.
        """
        return customers.explanations(self._reader, self._setup, self.now(), clean(wanted), at)

    def link_options(self, customer_id: str) -> LinkOptions:
        """Which links this customer can be given now, and why not the others."""
        return self._link_desk().options(clean(customer_id))

    def mint_link(self, request: LinkRequest) -> MintedLink:
        """Mint one link. Raises LinkRefused, PermissionDenied, RateLimited, StripeUnavailable …"""
        return self._link_desk().mint(request)

    def link_progress(self, link_id: str) -> LinkProgress:
        """What followed a minted link: waiting, acted, no change seen, refused or failed."""
        return self._link_desk().follow_ups(link_id)

    def record_audit(
        self,
        staff: str,
        action: str,
        *,
        detail: str | None = None,
        customer_id: str | None = None,
    ) -> None:
        """Keep that ``staff`` did ``action``, for example an export."""
        self._link_desk().record(staff, action, detail=detail, customer_id=customer_id)

    @contextmanager
    def _scratch(self, policy: str, until: int | None) -> Iterator[Reader]:
        with self._reader.open() as connection:
            rules = current_rules(connection, self._setup, policy)
        with scratch(self._store, rules, until=until) as made:
            yield Reader(made)

    def _link_desk(self) -> LinkDesk:
        if self._links is None:
            raise ConfigurationError(
                "Links are off: set STRIPE_API_KEY and PORTSIDE_RETURN_URL to mint them."
            )
        return self._links
