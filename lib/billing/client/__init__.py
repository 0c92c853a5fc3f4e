"""A client of Portside's API for the product that sells the subscriptions.

    client = PortsideClient("https://billing.internal:8000", token, on_failure="stale")
    if client.has("org_42", "advanced_analytics"): …

It needs httpx (and joserfc to verify plans) and nothing else of this project: the folder can be
copied into another one. `AsyncPortsideClient` is the same with await.
"""

from .asynchronous import AsyncPortsideClient
from .errors import (
    ClaimInvalid,
    PortsideError,
    PortsideRefused,
    PortsideUnavailable,
)
from .sync import PortsideClient
from .values import Entitlements, PlanClaim, PortalSession, PricingLink

__all__ = [
    "AsyncPortsideClient",
    "ClaimInvalid",
    "Entitlements",
    "PlanClaim",
    "PortalSession",
    "PortsideClient",
    "PortsideError",
    "PortsideRefused",
    "PortsideUnavailable",
    "PricingLink",
]
