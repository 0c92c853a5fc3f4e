"""Catalogue as code: what is amiss in it, what would have to change in Stripe, and changing it.

The projection is never written here: what Stripe made of a change arrives as its events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from .applied import APPLIED, note_applied
from .domain import catalog_lint, catalog_lint_known
from .domain.catalog import Catalog
from .domain.catalog_findings import CatalogFinding, in_order
from .domain.catalog_live import LiveCatalog, LivePrice, LiveProduct
from .domain.catalog_locks import locks
from .domain.catalog_plan import CatalogPlan, HeldVersion, plan
from .domain.catalog_steps import Step, idempotency_key, spoken
from .domain.errors import BillingError, CatalogRefused, ConfigurationError, WrongUsage
from .domain.fold import Rules, mark_of
from .domain.permissions import Permission, Role, require
from .impact import Impact
from .portal import PortalDesk
from .settings.setup import Setup
from .store import audit, meta, references
from .store.audit import AuditRow
from .store.engine import Store
from .store.queries.holders import PriceInUse, prices_in_use

REQUESTED: Final = "catalog.requested"
REFUSED: Final = "catalog.refused"
FAILED: Final = "catalog.failed"


Told = Literal["Stripe", "its events"]


class SellsProducts(Protocol):
    """What this asks of `stripe.products.Products`."""

    def live_catalog(self, catalog: Catalog) -> LiveCatalog: ...

    def prices_on_sale(self) -> Mapping[str, LivePrice]: ...

    def carry_out(
        self, step: Step, features: Mapping[str, str], *, idempotency_key: str
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Linted:
    """``told_by``: who was asked beside the file itself."""

    findings: tuple[CatalogFinding, ...]
    told_by: Told


@dataclass(frozen=True, slots=True)
class Done:
    """One step that was written. ``id``: of what was made or changed."""

    step: Step
    id: str

    def __str__(self) -> str:
        return f"{spoken(self.step)}: {self.id}"


@dataclass(frozen=True, slots=True)
class CatalogApplied:
    """``left``: what Stripe took but shows otherwise. ``versions``: old ones that are held.
    ``stale``: rows are still folded by another catalogue than this."""

    done: tuple[Done, ...]
    left: tuple[Step, ...] = ()
    versions: tuple[HeldVersion, ...] = ()
    notes: tuple[str, ...] = ()
    stale: bool = False


class CatalogDesk:
    """Judges, compares and applies the configured catalogue."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        sells: SellsProducts | None,
        portal: PortalDesk,
    ) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup
        self._sells = sells
        self._portal = portal

    def lint(self, catalog: Catalog | None = None) -> Linted:
        """What is amiss in ``catalog`` (by itself the configured one): in the file, against
        Stripe's prices where there is a key, else against those that events told of.

        Raises StripeRefused, StripeUnavailable, DatabaseUnavailable.
        """
        catalog = catalog or self._setup.catalog
        used = self._used()
        held = {price_id: each.held for price_id, each in used.items()}
        live = self._known() if self._sells is None else self._on_sale(self._sells, catalog)
        portal = self._portal.observed() if self._sells is None else self._portal.plan()
        found = [
            *catalog_lint.findings(catalog),
            *locks(catalog, live, held),
            # Without events of any price, none can be missed.
            *(
                catalog_lint_known.compared(catalog, live, used.keys())
                if self._sells or live.prices
                else ()
            ),
            *catalog_lint_known.in_use(
                catalog,
                {i: (_key(i, each, live), each.product, each.held) for i, each in used.items()},
                {items for each in used.values() for items in each.companions},
            ),
            *catalog_lint_known.portal(catalog, portal),
        ]
        return Linted(tuple(in_order(found)), "its events" if self._sells is None else "Stripe")

    def sold(self, *, ask: bool = True) -> tuple[LiveCatalog, Told]:
        """Products and prices by Stripe, where it can be asked and ``ask``, else by its events.

        Raises StripeRefused, StripeUnavailable, DatabaseUnavailable.
        """
        if self._sells is None or not ask:
            return self._known(), "its events"
        return self._on_sale(self._sells, self._setup.catalog), "Stripe"

    def plan(self) -> CatalogPlan:
        """What would have to change, read from Stripe now, and whom an old version is left to.

        Raises ConfigurationError without a key, StripeRefused, StripeUnavailable.
        """
        return self._compare()[1]

    def _compare(self) -> tuple[LiveCatalog, CatalogPlan]:
        catalog = self._setup.catalog
        live = self._ready().live_catalog(catalog)
        held = {price_id: each.held for price_id, each in self._used().items()}
        return live, plan(catalog, live, held)

    def impact(self, candidate: Catalog | None = None) -> Impact:
        """Whom ``candidate`` (by itself the configured file) changes, against the stored rows."""
        return Impact(self._store, self._setup, candidate or self._setup.catalog, self._clock())

    def apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> CatalogApplied:
        """Make Stripe sell what the file says; no writing call where it does already.

        It can be broken off anywhere: what was written stands, and the next apply goes on.

        Args:
            expected: the `CatalogPlan.mark` that somebody looked at; another one is refused.

        Raises:
            PermissionDenied: it needs “repair”.
            CatalogRefused: a problem is in the way, or the plan is no longer what was looked at.
            ConfigurationError, StripeRefused, StripeUnavailable.
        """
        try:
            require(roles, Permission.REPAIR)
            live, planned = self._compare()
            self._check(planned, expected)
        except BillingError as error:
            self._keep(staff, REFUSED, str(error), error.code)
            raise
        if not planned.steps:
            self._note(staff, "Stripe sells it already")
            return CatalogApplied((), (), planned.versions, planned.notes, self._stale())
        with self._store.reading() as connection:
            salt = audit.last_of(connection, APPLIED)
        self._keep(staff, REQUESTED, "; ".join(spoken(step) for step in planned.steps))
        done: list[Done] = []
        try:
            self._write(planned.steps, live, salt, done)
        except BillingError as error:
            fault = f"{spoken(planned.steps[len(done)])}: {error}"
            self._keep(staff, FAILED, "; ".join([*map(str, done), fault]), error.code)
            raise
        self._note(staff, "; ".join(map(str, done)), always=True)
        after = self.plan()
        return CatalogApplied(tuple(done), after.steps, after.versions, after.notes, self._stale())

    def adopt(self, *, staff: str, roles: Collection[Role]) -> CatalogApplied:
        """Note the file as the applied catalogue where there is no Stripe to be asked.

        Raises PermissionDenied, CatalogRefused, and WrongUsage where there is a key.
        """
        if self._sells is not None:
            raise WrongUsage("STRIPE_API_KEY is set, so Stripe has to agree: leave --local out.")
        try:
            require(roles, Permission.REPAIR)
            self._refuse(each for each in self.lint().findings if each.level == "error")
        except BillingError as error:
            self._keep(staff, REFUSED, str(error), error.code)
            raise
        self._note(staff, "without Stripe")
        return CatalogApplied((), stale=self._stale())

    def _stale(self) -> bool:
        """Whether rows are folded by another catalogue than this."""
        setup = self._setup
        now = Rules(setup.catalog, setup.policies[setup.policy], timezone=setup.timezone)
        with self._store.reading() as connection:
            return meta.get(connection, meta.FOLDED_BY) not in (None, mark_of(now))

    def _write(
        self, steps: Collection[Step], live: LiveCatalog, salt: str, done: list[Done]
    ) -> None:
        sells = self._ready()
        features = {key: feature.id for key, feature in live.features.items()}
        for step in steps:
            made = sells.carry_out(step, features, idempotency_key=idempotency_key(step, salt))
            if step.action == "feature.create":
                features[step.name] = made
            done.append(Done(step, made))

    def _check(self, planned: CatalogPlan, expected: str | None) -> None:
        amiss = [f for f in catalog_lint.findings(self._setup.catalog) if f.level == "error"]
        self._refuse([*planned.problems, *amiss])
        if expected is not None and planned.mark != expected:
            raise CatalogRefused(
                "Nothing was applied: Stripe or the catalogue has changed since this was shown. "
                "Look at it again, then apply.",
                code="catalog_changed",
            )

    def _refuse(self, found: Iterable[CatalogFinding]) -> None:
        """Raises CatalogRefused with the first of these; nothing where there are none."""
        problems = in_order([*found])
        if problems:
            first, more = problems[0], len(problems) - 1
            where = (
                f"{self._setup.catalog.origin.source}, line {first.line}: " if first.line else ""
            )
            rest = f" ({more} more: see `portside catalog lint`.)" if more else ""
            raise CatalogRefused(
                f"Nothing was applied. {where}{first.sentence} {first.remedy}{rest}",
                code=first.code,
            )

    def _used(self) -> Mapping[str, PriceInUse]:
        with self._store.reading() as connection:
            return prices_in_use(connection)

    def _known(self) -> LiveCatalog:
        """Products and prices as far as events have told of them."""
        with self._store.reading() as connection:
            products = references.states(connection, "product")
            prices = references.states(connection, "price")
        return LiveCatalog(
            {i: LiveProduct(i, state["name"], state["active"]) for i, state in products.items()},
            {i: LivePrice(i, state) for i, state in prices.items()},
        )

    def _on_sale(self, sells: SellsProducts, catalog: Catalog) -> LiveCatalog:
        live = sells.live_catalog(catalog)
        return LiveCatalog(live.products, {**sells.prices_on_sale(), **live.prices}, live.features)

    def _ready(self) -> SellsProducts:
        if self._sells is None:
            raise ConfigurationError("Stripe sells what the catalogue says: set STRIPE_API_KEY.")
        return self._sells

    def _note(self, staff: str, detail: str, *, always: bool = False) -> None:
        now = self._clock()
        note_applied(self._store, self._setup.catalog.mark, staff, detail, now, always=always)

    def _keep(self, staff: str, action: str, detail: str, code: str | None = None) -> None:
        row = AuditRow(self._clock(), staff, action, code=code, detail=detail)
        with self._store.writing() as connection:
            audit.append(connection, row)


def _key(price_id: str, used: PriceInUse, live: LiveCatalog) -> str | None:
    """The lookup key that a price has now, where that is known: events tell of the one it had."""
    found = live.prices.get(price_id)
    return used.lookup_key if found is None else found.state["lookup_key"]
