"""Stripe's API, as it is configured."""

from __future__ import annotations

from typing import Any

from ..config import Settings
from ..domain.errors import ConfigurationError
from ..stripe.gateway import Gateway


def open_gateway(settings: Settings, **client_options: Any) -> Gateway:
    """Stripe's API. Raises ConfigurationError without a key."""
    if settings.api_key is None:
        raise ConfigurationError("This needs Stripe's API: set STRIPE_API_KEY.")
    key = settings.api_key.get_secret_value()
    return Gateway(key, settings.stripe_api_base, **client_options)
