"""The facade's part for the catalogue."""

from __future__ import annotations

from collections.abc import Collection

from .catalog import CatalogApplied, CatalogDesk, Linted
from .domain.catalog import Catalog
from .domain.catalog_plan import CatalogPlan
from .domain.permissions import Role
from .impact import Impact
from .settings.setup import Setup
from .showing import followed
from .showing.followed import CatalogStanding
from .store.queries.reading import Reader


class CatalogSide:
    """Judges the catalogue, compares Stripe with it, and applies what was looked at."""

    _catalogue: CatalogDesk
    _reader: Reader
    _setup: Setup

    def catalog_standing(self) -> CatalogStanding:
        """Whether this process runs by the applied catalogue, and who is still to be folded."""
        return followed.standing(self._reader, self._setup.catalog.mark)

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

    def catalog_adopt(self, *, staff: str, roles: Collection[Role]) -> CatalogApplied:
        """Note the file as the applied catalogue where there is no key.

        Raises PermissionDenied, CatalogRefused, and WrongUsage where there is one.
        """
        return self._catalogue.adopt(staff=staff, roles=roles)

    def catalog_impact(self, candidate: Catalog | None = None) -> Impact:
        """Whom a catalogue would change: iterate it, then read its tally. Writes nothing."""
        return self._catalogue.impact(candidate)
