"""The facade's part for the Portal page."""

from __future__ import annotations

from collections.abc import Collection

from .domain.permissions import Role
from .domain.portal_plan import PortalPlan
from .portal import PortalApplied, PortalDesk


class PortalSide:
    """Compares the portal with the catalogue, and applies what was looked at."""

    _portal: PortalDesk

    def portal_plan(self) -> PortalPlan:
        """What would have to change in Stripe, asked now.

        Raises ConfigurationError without a key, StripeRefused, StripeUnavailable.
        """
        return self._portal.plan()

    def portal_observed(self) -> PortalPlan:
        """The same as far as events have told of it; nobody is asked."""
        return self._portal.observed()

    def portal_apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> PortalApplied:
        """Apply the plan whose mark is ``expected`` (None: whatever it is now).

        Raises PermissionDenied, PortalRefused, ConfigurationError, StripeRefused,
        StripeUnavailable.
        """
        return self._portal.apply(staff=staff, roles=roles, expected=expected)
