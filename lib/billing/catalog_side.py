"""The facade's part for the catalogue."""

from __future__ import annotations

from collections.abc import Collection

from .catalog import CatalogApplied, CatalogDesk, Linted
from .domain.catalog import Catalog
from .domain.catalog_plan import CatalogPlan
from .domain.permissions import Role
from .impact import Impact


class CatalogSide:
    """Judges the catalogue, compares Stripe with it, and applies what was looked at."""

    _catalogue: CatalogDesk

    def catalog_lint(self, catalog: Catalog | None = None) -> Linted:
        """What is amiss in ``catalog`` (by itself the configured one).

        Raises StripeRefused, StripeUnavailable, DatabaseUnavailable.
        """
        return self._catalogue.lint(catalog)

    def catalog_plan(self) -> CatalogPlan:
        """What would have to change in Stripe, asked now.

        Raises ConfigurationError without a key, StripeRefused, StripeUnavailable.
        """
        return self._catalogue.plan()

    def catalog_apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> CatalogApplied:
        """Apply the plan whose mark is ``expected`` (None: whatever it is now).

        Raises PermissionDenied, CatalogRefused, ConfigurationError, StripeRefused,
        StripeUnavailable.
        """
        return self._catalogue.apply(staff=staff, roles=roles, expected=expected)

    def catalog_impact(self, candidate: Catalog | None = None) -> Impact:
        """Whom a catalogue would change: iterate it, then read its tally. Writes nothing."""
        return self._catalogue.impact(candidate)
