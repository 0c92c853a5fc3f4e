"""The gate: who may use what now, for the product that sells the subscriptions. Only ever reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .domain.catalog import Catalog
from .domain.errors import NoCustomer, NotFound
from .domain.gating import LONGEST_NAME, Entitled, entitled, known_flags, known_limits
from .domain.rows import EntitlementRow
from .settings.setup import Setup
from .store.engine import Store
from .store.queries.entitlements import entitlements_named


class Gate:
    """Answers by customer id or organization, at the installation's clock."""

    def __init__(self, store: Store, setup: Setup, clock: Callable[[], int]) -> None:
        self._store = store
        self._setup = setup
        self._clock = clock
        self._flags = known_flags(setup.catalog)
        self._limits = known_limits(setup.catalog)

    @property
    def catalog(self) -> Catalog:
        return self._setup.catalog

    def now(self) -> int:
        return self._clock()

    def entitled(self, name: str, now: int) -> Entitled:
        """What a customer or an organization may use at ``now``.

        Raises NoCustomer, DatabaseUnavailable.
        """
        rows = self.rows(name)
        if not rows:
            raise NoCustomer.named(name)
        return entitled(rows, now, self._setup.catalog, timezone=self._setup.timezone)

    def rows(self, name: str) -> Sequence[EntitlementRow]:
        # A longer name, or one with a null in it, is in no table, and PostgreSQL refuses the null.
        if not name or len(name) > LONGEST_NAME or "\x00" in name:
            return ()
        with self._store.reading() as connection:
            return entitlements_named(connection, name)

    def has(self, found: Entitled, flag: str) -> bool:
        """Whether the flag is on. Raises NotFound (``feature_unknown``)."""
        if flag in found.access.features:
            return True
        if flag not in self._flags:
            raise NotFound(
                f"No plan of the catalogue has a feature {flag!r}. Check the spelling.",
                code="feature_unknown",
            )
        return False

    def limit(self, found: Entitled, name: str) -> int | None:
        """The limit of that name; None: their plans set none. Raises NotFound
        (``limit_unknown``)."""
        if name not in found.access.limits and name not in self._limits:
            raise NotFound(
                f"No plan of the catalogue has a limit {name!r}. Check the spelling.",
                code="limit_unknown",
            )
        return found.access.limits.get(name)
