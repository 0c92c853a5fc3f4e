"""Portal configurations over the API: read, create, change. There is no delete."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, Protocol

from ..domain.errors import StripeRefused
from ..domain.observations import State
from ..domain.portal_plan import LivePortal
from .fields import Fields, Raw
from .gateway import Page
from .parse import parse_object
from .parse_portal import configuration_params, configuration_state

PATH: Final = "/v1/billing_portal/configurations"
KEYS_AT_ONCE: Final = 10
"""Lookup keys that Stripe takes in one request."""

_PRODUCTS: Final = "features.subscription_update.products"


class Asks(Protocol):
    """What this asks of `stripe.gateway.Gateway`."""

    def list_objects(self, kind: str, **filters: Any) -> Iterator[Page]: ...

    def retrieve(self, kind: str, object_id: str, *, expand: Sequence[str]) -> tuple[Raw, int]: ...

    def post(self, path: str, params: dict[str, Any], *, idempotency_key: str) -> Raw: ...


class Configurations:
    """The account's portal configurations. Raises what the gateway raises."""

    def __init__(self, gateway: Asks) -> None:
        self._gateway = gateway

    def live_portals(self) -> list[LivePortal]:
        """Every configuration of the account, in use or not, newest first."""
        return [
            self._told_in_full(raw)
            for page in self._gateway.list_objects("portal_configurations")
            for raw in page.objects
        ]

    def prices_of(self, lookup_keys: Sequence[str]) -> dict[str, State]:
        """The active prices with these lookup keys: price id -> state."""
        found: dict[str, State] = {}
        for start in range(0, len(lookup_keys), KEYS_AT_ONCE):
            asked = list(lookup_keys[start : start + KEYS_AT_ONCE])
            for page in self._gateway.list_objects("prices", active=True, lookup_keys=asked):
                for raw in page.objects:
                    for seen in parse_object(raw, second=page.date, event_id="portal"):
                        if seen.object_type == "price" and seen.after is not None:
                            found[seen.object_id] = seen.after
        return found

    def create_portal(self, state: State, *, idempotency_key: str) -> LivePortal:
        """A new configuration with every managed field."""
        params = configuration_params(state)
        return self._told_in_full(self._gateway.post(PATH, params, idempotency_key=idempotency_key))

    def change_portal(
        self, portal_id: str, state: State, fields: Collection[str], *, idempotency_key: str
    ) -> LivePortal:
        """Give these ``fields`` of a configuration the values of ``state``."""
        params, path = configuration_params(state, fields), f"{PATH}/{portal_id}"
        return self._told_in_full(self._gateway.post(path, params, idempotency_key=idempotency_key))

    def _told_in_full(self, raw: Raw) -> LivePortal:
        """With the prices offered, which older answers leave out unless they are asked for."""
        fields = Fields(raw, "portal configuration")
        state = configuration_state(fields)
        if state["products"] is None and state["plan_changes"]:
            try:
                more, _ = self._gateway.retrieve(
                    "portal_configuration", fields.own_id(), expand=[_PRODUCTS]
                )
                state = configuration_state(Fields(more, "portal configuration"))
            except StripeRefused:
                pass  # untold: the plan says so
        return LivePortal(fields.own_id(), state, fields.moment("updated") or 0)
