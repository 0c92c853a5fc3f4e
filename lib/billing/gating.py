"""The gate: who may use what now, for the product that sells the subscriptions. Only ever reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from .domain.catalog import Catalog
from .domain.errors import NoCustomer, NotFound
from .domain.gating import LONGEST_NAME, Entitled, entitled, known_flags, known_limits
from .domain.rows import EntitlementRow
from .settings.setup import Setup
from .store.engine import Store
from .store.queries.entitlements import entitlements_named

Rows = Mapping[str, Sequence[EntitlementRow]]


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

    def rows(self, names: Collection[str]) -> Rows:
        """What is stored of customers or organizations; nothing for who is not known.

        Raises DatabaseUnavailable.
        """
        usable = [name for name in names if _is_a_name(name)]
        found: Rows = {}
        if usable:
            with self._store.glancing() as connection:
                found = entitlements_named(connection, usable)
        return {name: found.get(name, ()) for name in names}

    def judged(self, name: str, rows: Sequence[EntitlementRow], now: int) -> Entitled:
        """What ``rows``, all of ``name``, come to at ``now``. Raises NoCustomer."""
        if not rows:
            raise NoCustomer.named(name)
        return entitled(rows, now, self._setup.catalog, timezone=self._setup.timezone)

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


def _is_a_name(text: str) -> bool:
    """Longer ones, and those with a null in them, are in no table; PostgreSQL refuses the null."""
    return 0 < len(text) <= LONGEST_NAME and "\x00" not in text
