"""Stripe's events and objects as observations, whatever API version rendered them.

Shapes from 2020-08-27 on are told apart by what is there, never by ``api_version``: events of one
history may carry several versions, or none. Only this family of modules spells Stripe's field
names; see `event_types` for what is read and `domain.observations.STATE_SHAPES` for what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ..domain.errors import EventUnusable, PayloadInvalid
from ..domain.observations import Kind, Observation, State
from ..domain.values import dataclass
from .changes import before as put_back
from .event_types import EVENT_TYPES, READERS, WHY_IGNORED
from .fields import Fields, Raw
from .reading import Context, Reader, Seen


@dataclass(frozen=True, slots=True)
class Parsed:
    """An event read. ``ignored`` says why there is nothing to observe; None when there is."""

    event_id: str
    type: str
    created: int
    livemode: bool
    api_version: str | None
    observations: tuple[Observation, ...]
    ignored: str | None = None


OF_ANOTHER_ACCOUNT = "An event of a connected account, whose customers are not this company's."


def parse_event(event: dict[str, Any], *, org_key: str = "org_id") -> Parsed:
    """Read one Stripe event (a snapshot event, as webhooks deliver and /v1/events lists).

    Raises:
        PayloadInvalid: it is not a Stripe event at all.
        EventUnusable: it is, of a type that is read, but its object cannot be.
    """
    fields = _envelope(event)
    event_id, kind, created = fields.ident("id"), fields.word("type"), fields.moment("created")
    if event_id is None or kind is None or created is None:
        raise PayloadInvalid(
            "This is not a Stripe event: it lacks an id, a type or a time of creation."
        )
    if type(event["id"]) is not str:
        fields.refuse("id", "an id", event["id"])
    livemode, version = fields.flag("livemode"), fields.word("api_version")
    if fields.word("account"):
        # A platform's endpoint hears of its connected accounts too: their customers are not ours.
        return Parsed(event_id, kind, created, livemode, version, (), OF_ANOTHER_ACCOUNT)
    reader = EVENT_TYPES.get(kind)
    if reader is None:
        why = WHY_IGNORED.get(kind, f"Events of type {kind} are not used.")
        return Parsed(event_id, kind, created, livemode, version, (), why)
    context = Context(created, org_key, kind)
    found = tuple(_observe(fields.inside("data"), reader, context, event_id))
    return Parsed(event_id, kind, created, livemode, version, found)


def parse_object(
    obj: dict[str, Any], *, second: int, event_id: str, org_key: str = "org_id"
) -> tuple[Observation, ...]:
    """Read an object of the API as seen at ``second`` (the response's ``Date``), with what stands
    in it in full. An object of a kind that is not kept gives nothing.

    Raises:
        EventUnusable: it cannot be read.
    """
    if type(obj) is not dict:
        raise EventUnusable("The answer cannot be read: it is not an object.")
    reader = READERS.get(str(obj.get("object")))
    if reader is None:
        return ()
    context = Context(second, org_key)
    fields = Fields(obj, _owner(obj, reader))
    seen = reader.read(fields, context)
    main = _observation(seen, context, event_id, None, "point")
    return (main, *_parts(fields, reader, context, event_id, main))


def _envelope(event: Any) -> Fields:
    if type(event) is not dict:
        raise PayloadInvalid("This is not a Stripe event: the body is not a JSON object.")
    named = event.get("object", "event")
    if named == "v2.core.event":
        raise PayloadInvalid(
            "This is a thin event. Point a snapshot webhook endpoint at this address instead."
        )
    if named != "event":
        raise PayloadInvalid("This is not a Stripe event: its `object` is not “event”.")
    return _Envelope(event, "event")


class _Envelope(Fields):
    """A fault in the envelope means that the body is no Stripe event, not a spoilt one."""

    def refuse(self, key: str, expected: str, value: object) -> NoReturn:
        try:
            super().refuse(key, expected, value)
        except EventUnusable as error:
            raise PayloadInvalid(f"This is not a Stripe event. {error}") from None


def _observe(
    data: Fields, reader: Reader, context: Context, event_id: str
) -> Iterator[Observation]:
    raw = data.raw.get("object")
    if type(raw) is not dict:
        raise EventUnusable(f"The {context.event_type} event cannot be read: it holds no object.")
    if raw.get("object", reader.name) != reader.name:
        raise EventUnusable(
            f"The {context.event_type} event cannot be read: "
            f"it should hold an object of kind {reader.name}."
        )
    owner = _owner(raw, reader)
    fields = Fields(raw, owner)
    seen = reader.read(fields, context)
    earlier = _before(raw, data, reader, context, owner)
    kind: Kind = "created" if context.event_type.endswith(".created") else "edge"
    if earlier is None and kind == "edge":
        kind = "point"
    main = _observation(seen, context, event_id, earlier, kind)
    yield main
    yield from _parts(fields, reader, context, event_id, main)


def _before(raw: Raw, data: Fields, reader: Reader, context: Context, owner: str) -> State | None:
    changes = data.child("previous_attributes")
    if changes is None or not changes.raw:
        return None
    old = put_back(raw, reader.modernise(raw, changes.raw))
    old["id"] = raw.get("id")
    # Read as an update: the old state of a deleted object was not yet deleted.
    context = Context(context.second, context.org_key)
    return reader.read(Fields(old, f"{owner} before its change"), context).state


def _observation(
    seen: Seen, context: Context, event_id: str, earlier: State | None, kind: Kind
) -> Observation:
    if kind == "edge" and earlier == seen.state:
        kind = "point"
    if seen.ended:
        kind = "terminal"
    ended_at = seen.ended_at if seen.ended else None
    return Observation(
        event_id=event_id,
        object_type=seen.object_type,
        object_id=seen.object_id,
        customer_id=seen.customer_id,
        second=context.second,
        kind=kind,
        before=earlier if kind in ("edge", "terminal") else None,
        after=seen.state,
        effective=context.second if ended_at is None else ended_at,
        parent=seen.parent,
    )


def _parts(
    fields: Fields, reader: Reader, context: Context, event_id: str, main: Observation
) -> Iterator[Observation]:
    """What stands in the object in full, each once."""
    known = {(main.object_type, main.object_id)}
    for seen in reader.parts(fields, context):
        name = (seen.object_type, seen.object_id)
        if name not in known:
            known.add(name)
            yield _observation(seen, context, event_id, None, "point")


def _owner(raw: Raw, reader: Reader) -> str:
    name = raw.get("id")
    known = type(name) is str and name.isprintable() and len(name) <= 80
    return f"{reader.name} {name}" if known else reader.name
