"""What was configured, as far as readers need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..domain.catalog import Catalog
from ..domain.flow_values import LinkPolicy
from ..domain.permissions import Role
from ..domain.policy import PRESETS, Policy
from ..domain.rates import Rates
from .business import Business
from .outgoing import Endpoint
from .pricing import PricingPolicy
from .self_service import SelfServicePolicy


@dataclass(frozen=True, slots=True)
class Setup:
    """What was configured, as far as readers need it."""

    catalog: Catalog
    policy: str = "portside"
    timezone: str = "UTC"
    livemode: bool = False
    api_ready: bool = False
    stale_after: int = 3_600  # seconds without a webhook before the badge turns amber
    compares_every: int = 86_400  # seconds between comparisons with Stripe; 0 = never by itself
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)  # by e-mail, lower case
    links: LinkPolicy = field(default_factory=LinkPolicy)  # what staff may put into a link
    groups: Mapping[str, frozenset[Role]] = field(default_factory=dict)  # by the provider's group
    policies: Mapping[str, Policy] = field(default_factory=lambda: PRESETS)  # presets and own ones
    rates: Rates | None = None  # into the reporting currency; None = there is none
    self_service: SelfServicePolicy = field(default_factory=SelfServicePolicy)
    outgoing: tuple[Endpoint, ...] = ()  # where the product is told of its customers
    pricing: PricingPolicy = field(default_factory=PricingPolicy)


def setup_of(business: Business, catalog: Catalog, *, livemode: bool, api_ready: bool) -> Setup:
    """What readers need of the business's choices and of the deployment."""
    return Setup(
        catalog=catalog,
        policy=business.policy.slug,
        timezone=business.timezone,
        livemode=livemode,
        api_ready=api_ready,
        stale_after=business.stale_after,
        compares_every=business.reconcile_hours * 3_600,
        roles=business.roles,
        links=business.links,
        groups=business.groups,
        policies=business.policies,
        rates=business.reporting,
        self_service=business.self_service,
        outgoing=business.outgoing,
        pricing=business.pricing,
    )
