"""Is this installation set up as it should be? Every check gives a finding with a remedy."""

from __future__ import annotations

from .checks import (
    at_stripe,
    configured,
    kinde,
    notices,
    outgoing,
    read_api,
    running,
    stored,
    upkeep,
)
from .checks.finding import Finding
from .config import Settings
from .stripe.gateway import Gateway

__all__ = ["Finding", "examine"]


def examine(settings: Settings) -> list[Finding]:
    """Run every check that can be run. Never raises for a fault that it can report."""
    catalog, found = configured.catalog(settings)
    business, chosen = configured.business(settings)
    gateway = _gateway(settings)
    return [
        *configured.keys(settings),
        *configured.secret(settings),
        configured.return_url(settings),
        *read_api.read_api(settings),
        *outgoing.configured(settings, business),
        *kinde.kinde(settings),
        configured.clock(settings),
        *running.proxies(),
        chosen,
        *stored.database(settings, catalog, business),
        *upkeep.backups(settings.backups),
        *notices.configured(settings, business),
        found,
        *(at_stripe.stripe(gateway, catalog, settings.return_url) if gateway else ()),
        *(at_stripe.coupons(gateway, business.links) if gateway and business else ()),
    ]


def _gateway(settings: Settings) -> Gateway | None:
    if settings.api_key is None:
        return None
    return Gateway(settings.api_key.get_secret_value(), settings.stripe_api_base)
