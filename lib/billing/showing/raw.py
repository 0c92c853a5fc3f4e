"""What is stored of a customer's objects, as engineers read it: sightings, and Stripe's bodies."""

from __future__ import annotations

import json
from collections import defaultdict

from ..domain.errors import DatabaseUnavailable, NoSuchObject
from ..domain.observations import Observation
from ..domain.said import said
from ..store import history, inbox
from ..store.queries.reading import Reader
from ..stripe.redact import shown
from . import known
from .customer_views import RawBody, RawObject, RawSighting

MOST_SIGHTINGS = 200


def objects(reader: Reader, customer_id: str) -> list[RawObject]:
    """The customer's objects, the latest seen first. Raises NoCustomer."""
    with reader.open() as connection:
        seen = known.seen_of(connection, customer_id)
    by_object: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in seen:
        by_object[observation.object_type, observation.object_id].append(observation)
    found = [
        RawObject(kind, name, len(told), max(o.second for o in told))
        for (kind, name), told in by_object.items()
    ]
    return sorted(found, key=lambda o: (-o.last_second, o.object_type, o.object_id))


def sightings(reader: Reader, customer_id: str, object_type: str, name: str) -> list[RawSighting]:
    """What was seen of one object, the latest first. Raises NoSuchObject for another's."""
    with reader.open() as connection:
        seen = history.of_objects(connection, object_type, [name]).get(name, [])
    own = [observation for observation in seen if observation.customer_id == customer_id]
    if not own:
        raise NoSuchObject(f"Nothing of {name} is stored for {customer_id}: choose another.")
    own.sort(key=lambda o: (o.second, o.event_id), reverse=True)
    return [
        RawSighting(o.event_id, o.second, o.effective, o.kind, shown(o.before), shown(o.after))
        for o in own[:MOST_SIGHTINGS]
    ]


def body(reader: Reader, event_id: str) -> RawBody:
    """The body that brought an event; why there is none where there is none."""
    try:
        with reader.open() as connection:
            found = inbox.body_of(connection, event_id)
    except DatabaseUnavailable as error:
        if error.code != "database_not_allowed":
            raise
        return RawBody(event_id, None, said("The dashboard's database role may not read bodies."))
    if found is None:
        return RawBody(event_id, None, said("Its body is gone: bodies are dropped after a while."))
    return RawBody(event_id, shown(json.loads(found)))
