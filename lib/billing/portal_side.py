"""The facade's part for the Portal page."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from .domain.errors import ConfigurationError
from .domain.permissions import Role
from .domain.portal_plan import PortalPlan

if TYPE_CHECKING:
    from .portal import PortalApplied, PortalDesk


class PortalSide:
    """Compares the portal with the catalogue, and applies what was looked at."""

    _portal: PortalDesk | None

    def portal_plan(self) -> PortalPlan:
        """What would have to change in Stripe, asked now.

        Raises ConfigurationError without a key, StripeRefused, StripeUnavailable.
        """
        return self._portal_desk().plan()

    def portal_observed(self) -> PortalPlan:
        """The same as far as events have told of it; nobody is asked."""
        return self._portal_desk().observed()

    def portal_apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> PortalApplied:
        """Apply the plan whose mark is ``expected`` (None: whatever it is now).

        Raises PermissionDenied, PortalRefused, ConfigurationError, StripeRefused,
        StripeUnavailable.
        """
        return self._portal_desk().apply(staff=staff, roles=roles, expected=expected)

    def _portal_desk(self) -> PortalDesk:
        if self._portal is None:
            raise ConfigurationError("The portal is set up over Stripe's API: set STRIPE_API_KEY.")
        return self._portal
