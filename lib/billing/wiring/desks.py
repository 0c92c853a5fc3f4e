"""The desks: what pages, the command line and the product are answered by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..api.parts import Api
from ..catalog import CatalogDesk
from ..desk import Portside
from ..gating import Gate
from ..kinde.portal import portal_of
from ..linking.crowd import Crowd
from ..linking.sessions import LinkMaker
from ..links import LinkDesk, RateLimit
from ..portal import PortalDesk
from ..pricing import PricingDesk
from ..returns import ReturnLinks
from ..self_service import SelfService
from ..signing import Signer, read_keys
from ..stripe.configurations import Configurations
from ..stripe.products import Products
from .opened import Opened


@dataclass(frozen=True)
class Desks(Opened):
    """Each is handed what it needs, and nothing that it does not."""

    @cached_property
    def portside(self) -> Portside:
        return Portside(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            links=self.links,
            portal=self.portal,
            stripe=self.gateway,
            catalogue=self.catalogue,
        )

    @cached_property
    def links(self) -> LinkDesk:
        return LinkDesk(store=self.store, clock=self.clock, setup=self.setup, maker=self.maker)

    @cached_property
    def gate(self) -> Gate:
        return Gate(self.store, self.setup, self.clock)

    @cached_property
    def api(self) -> Api:
        """The read API, and Manage billing, as far as they are configured.

        Raises ConfigurationError for a token or a signing key that cannot be used.
        """
        settings = self.settings
        keys = read_keys(settings.claim_keys)
        signer = Signer(keys, settings.claim_issuer, settings.claim_audience) if keys else None
        return Api(settings.api_callers, signer, self.members, self.pricing, settings.api_rate)

    @cached_property
    def members(self) -> SelfService:
        return SelfService(gate=self.gate, links=self.links, setup=self.setup, clock=self.clock)

    @cached_property
    def pricing(self) -> PricingDesk:
        """The pricing page's desk. Strangers share one limit, whatever their addresses."""
        visits = LinkDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            maker=self.maker,
            limit=RateLimit(links=300),
        )
        return PricingDesk(
            gate=self.gate,
            links=self.links,
            visits=visits,
            members=self.members,
            setup=self.setup,
            clock=self.clock,
            keys=self.return_keys,
            return_url=self.settings.return_url,
            checkout_base=self.settings.stripe_api_base,
            crowd=self.crowd,
        )

    @cached_property
    def crowd(self) -> Crowd:
        return Crowd()

    @cached_property
    def maker(self) -> LinkMaker:
        return LinkMaker(
            self.gateway,
            return_url=self.settings.return_url,
            org_key=self.business.org_key,
            returns=ReturnLinks(self.return_keys),
            kinde=portal_of(self.settings),
        )

    @cached_property
    def portal(self) -> PortalDesk:
        return PortalDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            portals=Configurations(self.gateway) if self.gateway else None,
            return_url=self.settings.return_url,
            changed=self.maker.forget,
        )

    @cached_property
    def catalogue(self) -> CatalogDesk:
        return CatalogDesk(
            store=self.store,
            clock=self.clock,
            setup=self.setup,
            sells=Products(self.gateway) if self.gateway else None,
            portal=self.portal,
        )
