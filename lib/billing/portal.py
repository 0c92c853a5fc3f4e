"""Portal configuration as code: what would have to change in Stripe, and changing it.

The projection is never written here: what Stripe made of a change arrives as its event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from .domain.catalog import Catalog
from .domain.errors import BillingError, ConfigurationError, PortalRefused
from .domain.observations import State, canonical
from .domain.permissions import Permission, Role, require
from .domain.portal_plan import GroupPlan, LivePortal, PortalPlan, differences, plan
from .domain.portal_terms import LABELS, lookup_keys, wanted
from .settings.setup import Setup
from .store import audit, references
from .store.audit import AuditRow
from .store.engine import Store

log = structlog.get_logger(__name__)

REQUESTED: Final = "portal.requested"
APPLIED: Final = "portal.applied"
REFUSED: Final = "portal.refused"
FAILED: Final = "portal.failed"

OFFERED: Final = frozenset({"plan_changes", "products"})
"""Fields that depend on the prices that are known."""


class KeepsPortals(Protocol):
    """What this asks of `stripe.configurations.Configurations`."""

    def live_portals(self) -> list[LivePortal]: ...

    def prices_of(self, lookup_keys: list[str]) -> dict[str, State]: ...

    def create_portal(self, state: State, *, idempotency_key: str) -> LivePortal: ...

    def change_portal(
        self, portal_id: str, state: State, fields: Collection[str], *, idempotency_key: str
    ) -> LivePortal: ...


@dataclass(frozen=True, slots=True)
class PortalApplied:
    """What applying did. ``done``: (plan group, configuration id, "created" or "updated", fields).
    ``refused_fields``: those that Stripe took but shows otherwise, as "group: field"."""

    done: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    refused_fields: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        return [
            f"{group}: {portal_id} {verb}"
            + ("." if verb == "created" else f" ({', '.join(LABELS[name] for name in fields)}).")
            for group, portal_id, verb, fields in self.done
        ]


def plan_at_stripe(portals: KeepsPortals, catalog: Catalog, return_url: str | None) -> PortalPlan:
    """What would have to change, read from Stripe now. Raises StripeRefused, StripeUnavailable."""
    prices = portals.prices_of(lookup_keys(catalog))
    return plan(wanted(catalog, prices, return_url), portals.live_portals(), catalog.policies)


def plan_as_told(store: Store, catalog: Catalog, return_url: str | None) -> PortalPlan:
    """The same, as far as events have told of it: nobody is asked. Raises DatabaseUnavailable.

    Where a price of the catalogue was never seen, what is offered is left out.
    """
    with store.reading() as connection:
        known = references.states(connection, "portal_configuration")
        prices = references.states(connection, "price")
    should = wanted(catalog, prices, return_url)
    if should.problems:
        states = {
            group: {key: value for key, value in state.items() if key not in OFFERED}
            for group, state in should.states.items()
        }
        should = replace(should, states=states)
    live = [LivePortal(portal_id, state) for portal_id, state in sorted(known.items())]
    return plan(should, live, catalog.policies)


class PortalDesk:
    """Compares and applies. ``return_url``: PORTSIDE_RETURN_URL, for a file that names none.

    ``changed`` is called once something was applied, so that nobody goes on with what was read
    before.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Callable[[], int],
        setup: Setup,
        portals: KeepsPortals | None,
        return_url: str | None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._setup = setup
        self._portals = portals
        self._return_url = return_url
        self._changed = changed

    def plan(self) -> PortalPlan:
        """What would have to change, read from Stripe now.

        Raises ConfigurationError without a key, StripeRefused, StripeUnavailable.
        """
        return plan_at_stripe(self._ready(), self._setup.catalog, self._return_url)

    def observed(self) -> PortalPlan:
        """The same, as far as events have told of it; see `plan_as_told`."""
        return plan_as_told(self._store, self._setup.catalog, self._return_url)

    def watch(self) -> None:
        """Say in the log what needs somebody; `serve` does so at its start and now and then."""
        planned = self.plan()
        for warning in planned.warnings:
            if warning.level != "note":
                log.warning("portal", level=warning.level, sentence=warning.sentence)
        for group in planned.todo:
            log.warning("portal_differs", plan_group=group.group, fields=sorted(group.fields))

    def apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> PortalApplied:
        """Make Stripe's configurations what the catalogue says; nothing where they are already.

        Args:
            expected: the `PortalPlan.mark` that somebody looked at; another one is refused.

        Raises:
            PermissionDenied: it needs “repair” and “portal”.
            PortalRefused: a problem is in the way, or the plan is no longer what was looked at.
            ConfigurationError, StripeRefused, StripeUnavailable.
        """
        try:
            require(roles, Permission.PORTAL)
            require(roles, Permission.REPAIR)
            planned = self.plan()
            _check(planned, expected)
        except BillingError as error:
            self._keep(staff, REFUSED, str(error), error.code)
            raise
        done: list[tuple[str, str, str, tuple[str, ...]]] = []
        left: list[str] = []
        if planned.todo:
            self._keep(staff, REQUESTED, _todo(planned))
        for group in planned.todo:
            try:
                made = self._carry_out(group)
            except BillingError as error:
                self._changed()  # an earlier group may have been carried out
                self._keep(staff, FAILED, _told(done, f"{group.group}: {error}"), error.code)
                raise
            verb = "created" if group.action == "create" else "updated"
            done.append((group.group, made.id, verb, tuple(sorted(group.fields))))
            left += [f"{group.group}: {c.label}" for c in differences(group.wanted, made.state)]
        if done:
            self._changed()
            self._keep(staff, APPLIED, _told(done))
        return PortalApplied(tuple(done), tuple(left))

    def _carry_out(self, group: GroupPlan) -> LivePortal:
        portals = self._ready()
        if group.live is None:
            key = _key("create", group.group, group.wanted)
            return portals.create_portal(group.wanted, idempotency_key=key)
        # The same change of the same thing asked twice is one; asked again later, when somebody
        # has changed it back by hand, it is another.
        key = _key("change", group.live.id, [group.live.updated, group.live.state, group.wanted])
        return portals.change_portal(group.live.id, group.wanted, group.fields, idempotency_key=key)

    def _ready(self) -> KeepsPortals:
        if self._portals is None:
            raise ConfigurationError("The portal is set up over Stripe's API: set STRIPE_API_KEY.")
        return self._portals

    def _keep(self, staff: str, action: str, detail: str, code: str | None = None) -> None:
        row = AuditRow(self._clock(), staff, action, code=code, detail=detail)
        with self._store.writing() as connection:
            audit.append(connection, row)


def _check(planned: PortalPlan, expected: str | None) -> None:
    if planned.problems:
        more = len(planned.problems) - 1
        rest = f" ({more} more: see `portside portal plan`.)" if more else ""
        raise PortalRefused(f"Nothing was applied. {planned.problems[0]}{rest}")
    if expected is not None and planned.mark != expected:
        raise PortalRefused(
            "Nothing was applied: Stripe or the catalogue has changed since this was shown. "
            "Look at it again, then apply.",
            code="portal_changed",
        )


def _todo(planned: PortalPlan) -> str:
    return "; ".join(
        f"{group.group}: {group.action} {group.configuration_id or 'one'}: "
        f"{', '.join(sorted(group.fields))}"
        for group in planned.todo
    )


def _told(done: Collection[tuple[str, str, str, tuple[str, ...]]], fault: str = "") -> str:
    said = [f"{group}: {name} {verb}: {', '.join(fields)}" for group, name, verb, fields in done]
    return "; ".join([*said, *([fault] if fault else [])])


def _key(verb: str, name: str, what: object) -> str:
    # A plan group may be called whatever a header cannot carry.
    digest = hashlib.sha256(canonical({"of": name, "is": what}).encode()).hexdigest()[:32]
    return f"portside-portal-{verb}-{digest}"
