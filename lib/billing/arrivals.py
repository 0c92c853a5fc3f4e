"""An event at the door: read, and ready to be stored whatever becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

from .domain.errors import EventUnusable, PayloadInvalid
from .domain.observations import Observation
from .store.inbox import InboxRow, State
from .stripe.parse import Parsed, parse_event

OTHER_MODE: Final = {
    True: "A live event, and this installation is set to test mode.",
    False: "A test event, and this installation is set to live mode.",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event, told apart already: to fold (``applied`` until judged), ``ignored``, ``failed``."""

    event_id: str
    type: str
    created_at: int
    api_version: str | None
    livemode: bool
    state: State
    error: str | None
    observations: tuple[Observation, ...]
    body: bytes

    def row(self, source: str, received_at: int) -> InboxRow:
        return InboxRow(
            event_id=self.event_id,
            type=self.type,
            created_at=self.created_at,
            received_at=received_at,
            source=source,
            state=self.state,
            error=self.error,
            attempts=1,
            api_version=self.api_version,
            livemode=self.livemode,
            body=self.body,
        )

    def failing(self, error: str) -> Arrival:
        """The same event, kept with the reason why it could not be applied."""
        return Arrival(
            self.event_id,
            self.type,
            self.created_at,
            self.api_version,
            self.livemode,
            "failed",
            error,
            (),
            self.body,
        )


def read_event(event: Any, *, livemode: bool, org_key: str, body: bytes | None = None) -> Arrival:
    """Read one event body. ``livemode`` is the mode that this installation is set to.

    Raises PayloadInvalid when it is not a Stripe event at all; anything else has an arrival.
    """
    raw = orjson.dumps(event) if body is None else body
    try:
        parsed = parse_event(event, org_key=org_key)
    except EventUnusable as error:
        return _unusable(event, raw, str(error), livemode)
    state: State = "applied"
    reason = parsed.ignored
    if parsed.livemode != livemode:
        reason = OTHER_MODE[parsed.livemode]
    if reason is not None:
        state = "ignored"
    observations = () if state == "ignored" else parsed.observations
    return _arrival(parsed, state, reason, observations, raw)


def _arrival(
    parsed: Parsed,
    state: State,
    error: str | None,
    observations: tuple[Observation, ...],
    body: bytes,
) -> Arrival:
    return Arrival(
        parsed.event_id,
        parsed.type,
        parsed.created,
        parsed.api_version,
        parsed.livemode,
        state,
        error,
        observations,
        body,
    )


def _unusable(event: dict[str, Any], body: bytes, error: str, livemode: bool) -> Arrival:
    """The parser has already found the envelope to be sound."""
    version = event.get("api_version")
    mode = event.get("livemode") is True
    other = mode != livemode
    return Arrival(
        event["id"],
        event["type"],
        int(event["created"]),
        version if isinstance(version, str) else None,
        mode,
        "ignored" if other else "failed",
        OTHER_MODE[mode] if other else error,
        (),
        body,
    )


def read_body(body: bytes) -> Any:
    """The JSON of a body. Raises PayloadInvalid."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PayloadInvalid(f"This is not JSON: {error.msg} at character {error.pos}.") from None
