"""The facade's part for the Plans page: prices beside Stripe's, findings, candidates tried out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from .catalog import CatalogDesk, Linted
from .domain import catalog_lint
from .domain.candidate import MOST_BYTES, mark_of_text, read_candidate, shortened
from .domain.catalog import Catalog
from .domain.catalog_findings import CatalogFinding, in_order
from .domain.permissions import Permission, Role, require
from .impact import Impact
from .impact_runs import ImpactRuns
from .settings.setup import Setup
from .showing import plans
from .showing.plan_views import Candidate, ImpactRun, PlanPrices, PriceHolder
from .showing.views import Listing
from .store.meta import WATERMARK
from .store.queries.customer import count_customers
from .store.queries.freshness import read_meta
from .store.queries.reading import Reader

MOST_FINDINGS = 200


class PlansDesk:
    """Reads what is sold and who holds it. A candidate is compared in memory and kept nowhere."""

    _catalogue: CatalogDesk
    _impacts: ImpactRuns
    _reader: Reader
    _setup: Setup
    _clock: Callable[[], int]

    def plan_prices(self, *, totals: bool, ask: bool = True) -> PlanPrices:
        """Prices of the file beside Stripe's (asked now, where there is a key and ``ask``).

        Without ``totals`` nothing in it is counted. Raises StripeRefused, StripeUnavailable.
        """
        known, _ = self._catalogue.sold(ask=False)
        live, told_by = self._catalogue.sold(ask=ask)
        return plans.prices(
            self._reader, self._setup.catalog, live, known.prices, told_by, totals=totals
        )

    def price_holders(
        self, price_id: str, *, limit: int = 25, offset: int = 0
    ) -> Listing[PriceHolder]:
        """One page of the live subscriptions with that price, the largest MRR first."""
        return plans.holders(self._reader, price_id, limit, offset)

    def plan_findings(self, *, totals: bool) -> Linted:
        """What `catalog_lint` finds; without ``totals`` no finding counts customers or money.

        Raises StripeRefused, StripeUnavailable.
        """
        linted = self._catalogue.lint()
        if totals:
            return linted
        return Linted(tuple(map(plans.without_totals, linted.findings)), linted.told_by)

    def file_findings(self) -> tuple[CatalogFinding, ...]:
        """What is amiss in the file by itself: nobody is asked."""
        return _findings(self._setup.catalog)

    def catalog_text(self) -> str:
        """The catalogue file as it is on disk now; empty where it cannot be read."""
        try:
            with Path(self._setup.catalog.origin.source).open("rb") as file:
                return file.read(MOST_BYTES + 1).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def try_catalog(self, text: str) -> Candidate:
        """Read a candidate and judge it by itself. Raises CatalogInvalid with line and remedy."""
        catalog = read_candidate(text)
        found = tuple(
            CatalogFinding(f.level, f.code, f.line, shortened(f.sentence), shortened(f.remedy))
            for f in _findings(catalog)[:MOST_FINDINGS]
        )
        prices = sum(len(plan.prices) for plan in catalog.plans.values())
        return Candidate(mark_of_text(text), found, len(catalog.plans), prices)

    def start_impact(self, text: str, *, roles: Collection[Role]) -> str:
        """Begin to compare every customer with a candidate, in the background; its key.

        Raises PermissionDenied, CatalogInvalid, RateLimited.
        """
        require(roles, Permission.CUSTOMERS)
        catalog = read_candidate(text)
        with self._reader.open() as connection:
            watermark = int(read_meta(connection).get(WATERMARK, "0"))
        key = f"{watermark}-{mark_of_text(text)}"
        names = {slug: plan.name for slug, plan in self._setup.catalog.plans.items()}
        names |= {slug: plan.name for slug, plan in catalog.plans.items()}
        self._impacts.start(
            key,
            lambda: self._compared(catalog),
            watermark=watermark,
            at=self._clock(),
            names=names,
        )
        return key

    def impact_run(self, key: str) -> ImpactRun | None:
        """How far a comparison is, and what it found; None of one that is forgotten."""
        return self._impacts.of(key)

    def stop_impact(self, key: str) -> None:
        """End a comparison where it is."""
        self._impacts.stop(key)

    def _compared(self, catalog: Catalog) -> tuple[Impact, int]:
        with self._reader.open() as connection:
            total = count_customers(connection)
        return self._catalogue.impact(catalog), total


def _findings(catalog: Catalog) -> tuple[CatalogFinding, ...]:
    return tuple(in_order(catalog_lint.findings(catalog)))
