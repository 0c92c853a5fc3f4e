"""What the readers of Stripe's objects hand to `parse`: a state and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any

from ..domain.observations import State
from ..domain.values import dataclass
from .fields import Fields, Raw


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may know besides the object itself."""

    second: int
    org_key: str = "org_id"
    event_type: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One object as it stands, in our vocabulary.

    ``ended``: nothing follows this state. ``ended_at``: when it counts, if not at the event's time.
    """

    object_type: str
    object_id: str
    customer_id: str | None
    state: State
    parent: tuple[str, str] | None = None
    ended: bool = False
    ended_at: int | None = None


def _no_parts(_fields: Fields, _context: Context) -> Iterable[Seen]:
    return ()


def _as_sent(_after: Raw, changes: Raw) -> Raw:
    return changes


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of Stripe object is read.

    ``parts`` yields what else stands inside the object in full. ``modernise`` rewrites old-shape
    keys of ``previous_attributes`` for an object that has the new shape.
    """

    name: str  # Stripe's ``object``
    read: Callable[[Fields, Context], Seen]
    parts: Callable[[Fields, Context], Iterable[Seen]] = field(default=_no_parts)
    modernise: Callable[[Raw, Raw], Raw] = field(default=_as_sent)


def belongs(customer_id: str | None, *parents: tuple[str, Any]) -> tuple[str, str] | None:
    """The first known parent of an object whose payload names no customer."""
    if customer_id is not None:
        return None
    return next(((kind, str(name)) for kind, name in parents if name), None)


def organization(fields: Fields, context: Context) -> str | None:
    """The organization's id in the object's metadata."""
    value = fields.inside("metadata").text(context.org_key, 500)
    return value.strip() or None if value else None
