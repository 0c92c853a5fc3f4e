"""What was configured, opened: databases, clock, catalogue, Stripe's API, and the way in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..config import Settings
from ..domain.catalog import Catalog
from ..domain.fold import Rules
from ..ingest import Ingest
from ..outgoing.parts import make_teller
from ..outgoing.telling import Teller
from ..settings.business import Business
from ..settings.clock import Clock
from ..settings.setup import Setup, setup_of
from ..store.engine import Store
from ..stripe.gateway import Gateway
from .gateway import open_gateway


@dataclass(frozen=True)
class Opened:
    """Parts are built when first asked for."""

    settings: Settings
    business: Business
    catalog: Catalog
    clock: Clock
    store: Store

    @cached_property
    def setup(self) -> Setup:
        return setup_of(
            self.business,
            self.catalog,
            livemode=self.settings.livemode,
            api_ready=self.settings.api_key is not None,
        )

    @cached_property
    def ingest(self) -> Ingest:
        return Ingest(
            self.store,
            self._rules,
            clock=self.clock,
            livemode=self.settings.livemode,
            org_key=self.business.org_key,
            teller=self.teller,
        )

    @property
    def _rules(self) -> Rules:
        business = self.business
        return Rules(catalog=self.catalog, policy=business.policy, timezone=business.timezone)

    @cached_property
    def teller(self) -> Teller | None:
        """Keeps what the product is to be told; None without an endpoint."""
        return make_teller(self.business.outgoing, self.catalog, self.clock)

    @cached_property
    def gateway(self) -> Gateway | None:
        """Stripe's API; None without a key."""
        if self.settings.api_key is None:
            return None
        return open_gateway(self.settings)

    @cached_property
    def primary(self) -> Store:
        """The database without its replica, which may be behind what is being signed."""
        if self.settings.read_database_url is None:
            return self.store
        return Store(self.settings.database_url)

    @property
    def kinde_issuer(self) -> str | None:
        return self.settings.kinde_issuer

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        return self.settings.webhook_secrets

    @property
    def return_keys(self) -> tuple[str, ...]:
        return self.settings.return_keys
