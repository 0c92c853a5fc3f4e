"""Whether Kinde, where it is configured, can be heard and asked."""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Settings
from ..domain.errors import BillingError
from ..kinde.keys import SMALLEST, read_keys
from ..kinde.portal import KindePortal
from ..kinde.settings import KindeSettings, kinde_settings
from .finding import Finding

NAME = "Kinde"
LINKS = "Kinde links"


def kinde(settings: Settings) -> Iterator[Finding]:
    """The issuer, its keys and the application's credentials; nothing where Kinde is off."""
    found = kinde_settings(settings)
    if found is None:
        if settings.kinde_client_id or settings.kinde_client_secret:
            yield Finding(
                False,
                NAME,
                "An application is configured, but no issuer, so that Kinde is off.",
                "Set PORTSIDE_KINDE_ISSUER to the tenant's address.",
            )
        return
    if settings.livemode and not found.issuer.startswith("https://"):
        yield Finding(
            False,
            NAME,
            "Live mode needs https.",
            "Correct PORTSIDE_KINDE_ISSUER, or use its https.",
        )
    yield _keys(found)
    yield _credentials(found)


def _keys(found: KindeSettings) -> Finding:
    try:
        keys = read_keys(found.issuer)
    except BillingError as error:
        return Finding(False, NAME, str(error), "Check PORTSIDE_KINDE_ISSUER and the network.")
    if not keys:
        return Finding(
            False,
            NAME,
            f"{found.issuer} publishes no RSA key of {SMALLEST} bits or more for signatures, so "
            "that no webhook can be verified.",
            "Check that PORTSIDE_KINDE_ISSUER is the tenant's address.",
        )
    many = "key" if len(keys) == 1 else "keys"
    return Finding(True, NAME, f"{found.issuer} publishes {len(keys)} {many} for signatures.")


def _credentials(found: KindeSettings) -> Finding:
    if not found.can_ask:
        return Finding(
            False,
            LINKS,
            "No application is configured, so that no links into Kinde's portal can be made.",
            "Set PORTSIDE_KINDE_CLIENT_ID and PORTSIDE_KINDE_CLIENT_SECRET to those of a "
            "machine-to-machine application.",
        )
    try:
        KindePortal(found).token()
    except BillingError as error:
        return Finding(False, LINKS, str(error), "Compare them with the application in Kinde.")
    return Finding(True, LINKS, "Kinde accepts the application's credentials.")
