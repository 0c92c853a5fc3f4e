"""The SDK's client, set up so that it retries, gives up in time and keeps quiet.

At DEBUG the SDK logs whole answers, portal addresses and personal data included; so its logger
never passes anything below WARNING here, whatever the application's level.
"""

from __future__ import annotations

import logging
import os
import re
from typing import Final, Literal

import stripe

from ..domain.errors import ConfigurationError

CONNECT_SECONDS: Final = 3.05
READ_SECONDS: Final = 20
RETRIES: Final = 2

_KEY: Final = re.compile(r"(?:sk|rk)_(test|live)_\S+")


def mode_of(api_key: str) -> Literal["test", "live"]:
    """The mode that a key belongs to.

    Raises:
        ConfigurationError: it is no secret or restricted key.
    """
    found = _KEY.fullmatch(api_key)
    if found is None:
        raise ConfigurationError(
            "STRIPE_API_KEY is no secret or restricted key: it should begin with rk_test_, "
            "rk_live_, sk_test_ or sk_live_."
        )
    return "live" if found[1] == "live" else "test"


def make_client(
    api_key: str,
    api_base: str | None = None,
    *,
    retries: int = RETRIES,
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
) -> tuple[stripe.StripeClient, stripe.HTTPClient]:
    """A client for ``api_key``, and the HTTP client beneath it, which its owner closes.

    Args:
        api_base: another address (the sandbox); Stripe's own by default.

    Raises:
        ConfigurationError: the key is unusable, or STRIPE_LOG would print addresses.
    """
    mode_of(api_key)
    _keep_quiet()
    beneath = stripe.RequestsClient(timeout=timeout)
    client = stripe.StripeClient(
        api_key,
        max_network_retries=retries,
        http_client=beneath,
        base_addresses={"api": api_base} if api_base else None,
    )
    return client, beneath


def _keep_quiet() -> None:
    if "debug" in (stripe.log, os.environ.get("STRIPE_LOG")):
        raise ConfigurationError(
            "STRIPE_LOG=debug prints portal addresses, which act as the customer. Unset it."
        )
    stripe.enable_telemetry = False
    logger = logging.getLogger("stripe")
    if not any(isinstance(known, _Quiet) for known in logger.filters):
        logger.addFilter(_Quiet())


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING
