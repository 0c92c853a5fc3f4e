"""An event at the door: read, and ready to be stored whatever becomes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, NamedTuple

import orjson

from ..domain.errors import EventUnusable, PayloadInvalid
from ..domain.observations import Observation
from ..domain.retries import next_attempt
from ..domain.values import dataclass
from ..store.inbox import InboxRow, State
from ..store.spelling import shrunk
from ..stripe.fields import Fields
from ..stripe.parse import Parsed, parse_event, parse_object
from ..stripe.redact import storable

OTHER_MODE: Final = {
    True: "A live event, and this installation is set to test mode.",
    False: "A test event, and this installation is set to live mode.",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event. ``state``: ``applied`` (to fold, until judged), ``ignored`` or ``failed``.

    ``delivery_id``: what its sender calls this delivery and every repetition of it, if anything.
    """

    event_id: str
    type: str
    created_at: int
    api_version: str | None
    livemode: bool
    state: State
    error: str | None
    observations: tuple[Observation, ...]
    body: bytes
    delivery_id: str | None = None
    size: int | None = None  # of the body, where it is shrunk already

    @property
    def is_read(self) -> bool:
        """Whether it is an object that we read, not an event that Stripe made."""
        return self.event_id.startswith("read:")

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
            next_attempt_at=next_attempt(1, received_at) if self.state == "failed" else None,
            size=self.size,
        )

    def shrinking(self) -> Arrival:
        """The same event with its body as it is stored."""
        return replace(self, body=shrunk(self.body), size=len(self.body))

    def failing(self, error: str) -> Arrival:
        """The same event, kept with the reason why it could not be applied."""
        return replace(self, state="failed", error=error, observations=())


class Rejected(NamedTuple):
    """A line of a file, counted from 1, that is no event at all."""

    line: int
    reason: str


def read_line(line: bytes, *, livemode: bool, org_key: str) -> Arrival:
    """Read one line of a file. Raises PayloadInvalid as :func:`read_event` does."""
    body = line.strip().removeprefix(b"\xef\xbb\xbf")
    return read_event(read_body(body), livemode=livemode, org_key=org_key, body=body)


def read_event(event: Any, *, livemode: bool, org_key: str, body: bytes | None = None) -> Arrival:
    """Read one event body. ``livemode`` is the mode that this installation is set to.

    Raises PayloadInvalid when it is not a Stripe event at all; anything else has an arrival.
    """
    try:
        parsed = parse_event(event, org_key=org_key)
    except EventUnusable as error:
        return _unusable(event, _kept(event, body), str(error), livemode)
    state: State = "applied"
    reason = parsed.ignored
    if parsed.livemode != livemode:
        reason = OTHER_MODE[parsed.livemode]
    if reason is not None:
        state = "ignored"
    observations = () if state == "ignored" else parsed.observations
    return _arrival(parsed, state, reason, observations, _kept(event, body))


def _kept(event: dict[str, Any], body: bytes | None) -> bytes:
    """What is stored of the body: addresses of portal and checkout sessions are left out."""
    return storable(event, orjson.dumps(event) if body is None else body)


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
    version = Fields(event, "event").word("api_version")
    mode = event.get("livemode") is True
    other = mode != livemode
    return Arrival(
        event["id"],
        str(Fields(event, "event").word("type")),
        int(event["created"]),
        version,
        mode,
        "ignored" if other else "failed",
        OTHER_MODE[mode] if other else error,
        (),
        body,
    )


def read_object(
    obj: dict[str, Any], *, second: int, source: str, livemode: bool, org_key: str
) -> Arrival | None:
    """An object read from the API at ``second`` (the response's ``Date``), as an event of ours.

    Two sources may read the same object in one second and see different parts of it, so the
    source belongs to the event's id. None for a kind of object that is not kept, and for one of
    the other mode.
    """
    object_id, kind = str(obj.get("id")), str(obj.get("object"))
    event_id = f"read:{object_id}:{second}:{source}"
    if obj.get("livemode", livemode) != livemode:
        return None
    state: State = "applied"
    error = None
    observations: tuple[Observation, ...] = ()
    try:
        observations = parse_object(obj, second=second, event_id=event_id, org_key=org_key)
    except EventUnusable as unusable:
        state, error = "failed", str(unusable)
    if state == "applied" and not observations:
        return None
    body = _kept(obj, None)
    return Arrival(
        event_id, f"read.{kind}", second, None, livemode, state, error, observations, body
    )


def read_body(body: bytes) -> Any:
    """The JSON of a body. Raises PayloadInvalid."""
    if not body:
        raise PayloadInvalid("There is nothing here.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)  # takes the lone surrogates that the fast one refuses
    except (ValueError, RecursionError):
        raise PayloadInvalid("This is not JSON.") from None
