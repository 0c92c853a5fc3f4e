"""What Kinde is asked to make for a link."""

from __future__ import annotations

from typing import Protocol

from ..domain.errors import ConfigurationError, LinkRefused
from ..domain.flow_elsewhere import place_of
from ..domain.flow_situation import Situation
from ..domain.flow_values import Choice
from ..domain.providers import Provider
from .addresses import Address


class OpensPortal(Protocol):
    """`lib.billing.kinde.portal.KindePortal` does."""

    def address(
        self, user_id: str, *, org_code: str | None, sub_nav: str, return_url: str | None
    ) -> str:
        """An address that opens the portal as ``user_id``, once."""


def kinde_portal(
    portal: OpensPortal | None, choice: Choice, situation: Situation, return_url: str | None
) -> Address:
    """The address for an allowed choice. Kinde knows no repetition: asked again for the same click
    it gives another address of the same kind.

    Raises ConfigurationError, LinkRefused (``no_portal_user``), KindeRefused, KindeUnavailable.
    """
    if portal is None:
        raise ConfigurationError(
            "Links into Kinde need PORTSIDE_KINDE_CLIENT_ID and PORTSIDE_KINDE_CLIENT_SECRET."
        )
    if situation.portal_user is None:
        raise LinkRefused("Nobody is known as whom it could open.", code="no_portal_user")
    url = portal.address(
        situation.portal_user,
        org_code=situation.customer.org_id,
        sub_nav=place_of(choice.flow, Provider.KINDE),
        return_url=return_url,
    )
    return Address(url, bearer=True, once=True)
