"""The facade: everything that pages, the command line and the API ask of Portside.

Built by `lib.billing.wiring`. Reads only, except for minting links and writing the audit, which go
through `lib.billing.links`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from .audit_desk import AuditDesk
from .bridge_desk import BridgeDesk
from .catalog import CatalogDesk
from .catalog_side import CatalogSide
from .changes_desk import ChangesDesk
from .choices_desk import ChoicesDesk
from .close_desk import CloseDesk
from .customer_desk import CustomerDesk
from .digest_desk import DigestDesk
from .domain.catalog import Catalog
from .domain.errors import ConfigurationError
from .domain.filters import EVERYTHING, Filters, clean
from .domain.permissions import Role
from .domain.policy import Policy
from .ending_desk import EndingDesk, Tests
from .files_desk import FilesDesk, Narrowing
from .founders_desk import FoundersDesk
from .impact_runs import ImpactRuns
from .invoice_desk import InvoiceDesk
from .mix_desk import MixDesk
from .money_desk import MoneyDesk
from .outgoing_desk import OutgoingDesk
from .plans_desk import PlansDesk
from .portal import PortalDesk
from .portal_side import PortalSide
from .printing_desk import PrintingDesk
from .reports import Report, run_report
from .reports.request import ReportRequest
from .retention.ends_kept import EndsKept
from .retention_desk import RetentionDesk
from .settings.rules import current_rules
from .settings.setup import Setup
from .showing import lists, overview
from .showing.invoice_lines import AsksLines
from .showing.views import (
    FailedPaymentItem,
    Freshness,
    Listing,
    Overview,
    PlanCustomerItem,
    PlanMixItem,
    WindingDownItem,
)
from .store.audit import Followed
from .store.engine import Store
from .store.meta import WATERMARK
from .store.queries.freshness import read_meta
from .store.queries.reading import Reader
from .store.scratch import scratch
from .sync_desk import SyncDesk
from .views_desk import ViewsDesk

if TYPE_CHECKING:
    from .domain.flows import LinkOptions
    from .links import LinkDesk, LinkProgress, LinkRequest, MintedLink


class Portside(
    CustomerDesk,
    SyncDesk,
    OutgoingDesk,
    AuditDesk,
    BridgeDesk,
    PortalSide,
    RetentionDesk,
    InvoiceDesk,
    FilesDesk,
    CloseDesk,
    MoneyDesk,
    CatalogSide,
    ViewsDesk,
    ChoicesDesk,
    DigestDesk,
    PlansDesk,
    FoundersDesk,
    PrintingDesk,
    EndingDesk,
    MixDesk,
    ChangesDesk,
):
    """One installation of Portside, read at its own clock."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        links: LinkDesk | None = None,
        portal: PortalDesk | None = None,
        stripe: AsksLines | None = None,
        catalogue: CatalogDesk | None = None,
    ) -> None:
        self._store = store
        self._reader = Reader(store)
        self._clock = clock
        self._setup = setup
        self._links = links
        self._portal = portal or PortalDesk(
            store=store, clock=clock, setup=setup, portals=None, return_url=None
        )
        self._stripe = stripe
        self._catalogue = catalogue or CatalogDesk(
            store=store, clock=clock, setup=setup, sells=None, portal=self._portal
        )
        self._impacts = ImpactRuns()
        self._followed = Followed()
        self._ends = EndsKept()
        self._tests = Tests()
        self._following = Lock()

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
    def answers_several(self) -> bool:
        """Whether the database reads for several at once, so that it is quicker to ask beside."""
        return not self._store.is_sqlite

    @property
    def policy(self) -> str:
        """The slug of the MRR policy that the projection is kept under."""
        return self._setup.policy

    def roles_of(self, email: str, groups: Collection[str] = ()) -> frozenset[Role]:
        """What the configuration grants to this address and to these groups, taken together.

        Nothing to whom it does not name.
        """
        own = self._setup.roles.get(email.strip().lower(), frozenset())
        return own.union(*(self._setup.groups.get(group, frozenset()) for group in groups))

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
        reporting: bool = False,
    ) -> Report:
        """One report, by its name in ``REPORTS``.

        ``as_of`` is a day or an ISO time; ``start`` and ``end`` are inclusive days; ``by`` is day,
        week, month or quarter; with ``reporting`` amounts are in the reporting currency. Raises
        WrongUsage for an unknown name or a value that cannot be used.
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
            reporting=reporting,
        )
        return run_report(request, self._reader, self._scratch)

    def export(self, name: str, narrowing: Narrowing) -> Report:
        """The whole of a filtered list, all its pages, as the report of that name, in memory."""
        return run_report(self._narrowed(name, narrowing), self._reader, self._scratch)

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
        code: str | None = None,
        once: str | None = None,
    ) -> None:
        """Keep that ``staff`` did ``action``, for example an export or a sign-in.

        ``code`` says why something was refused. With ``once`` a second row of the same action and
        the same text is not added, whichever process asks.
        """
        self._link_desk().record(
            staff, action, detail=detail, customer_id=customer_id, code=code, once=once
        )

    @contextmanager
    def _scratch(
        self, policy: Policy | str, until: int | None, moving: Policy | None = None
    ) -> Iterator[Reader]:
        with self._reader.open() as connection:
            at = self.now() if until is None else until
            rules = current_rules(connection, self._setup, policy, until=at)
        with scratch(self._store, rules, until=until, moving=moving) as made:
            yield Reader(made)

    def _link_desk(self) -> LinkDesk:
        if self._links is None:
            raise ConfigurationError(
                "Links are off: set STRIPE_API_KEY and PORTSIDE_RETURN_URL to mint them."
            )
        return self._links
