"""Are outgoing events signed, and do they arrive?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..config import Settings
from ..domain.errors import BillingError
from ..domain.outgoing_reasons import reason_in_words
from ..settings.business import Business
from ..settings.clock import make_clock
from ..settings.outgoing import Endpoint, lacking_secrets
from ..store.engine import Store
from ..store.queries.outgoing import Told, by_endpoint
from .finding import Finding, some

NAME = "Outgoing events"
STUCK = 3_600
"""Seconds that the oldest event may wait at an endpoint that does not take it."""


def configured(settings: Settings, business: Business | None) -> Iterator[Finding]:
    """Endpoints and their secrets. Nothing configured is nothing to say."""
    endpoints = business.outgoing if business else ()
    try:
        secrets = settings.outgoing_secrets
    except BillingError as error:
        yield Finding(False, NAME, str(error), "Correct PORTSIDE_OUTGOING_SECRET.")
        return
    if lacking := lacking_secrets(endpoints, secrets):
        said = f"There is no secret for {some(lacking)}, so `serve` does not start."
        yield Finding(False, NAME, said, "Make one with `portside events secret NAME`.")
    elif unknown := sorted(secrets.keys() - {endpoint.name for endpoint in endpoints}):
        said = f"PORTSIDE_OUTGOING_SECRET has secrets for {some(unknown)}, which is no endpoint."
        yield Finding(False, NAME, said, "Add it as [[outgoing]] to portside.toml, or drop it.")
    elif endpoints:
        told = ", ".join(f"{endpoint.name} ({endpoint.host})" for endpoint in endpoints)
        yield Finding(True, NAME, f"Signed for {told}.")


def arriving(store: Store, endpoints: Sequence[Endpoint], clock: str | None) -> Iterator[Finding]:
    """Whether each endpoint takes what it is told."""
    now = make_clock(clock)()
    with store.reading() as connection:
        told = by_endpoint(connection, now)
    names = {endpoint.name for endpoint in endpoints}
    for each in told.values():
        yield from _one(each, each.endpoint in names, now)


def _one(told: Told, known: bool, now: int) -> Iterator[Finding]:
    name = f"Endpoint {told.endpoint}"
    if not known and told.waiting:
        yield Finding(
            False,
            name,
            f"It is in portside.toml no more, and {told.waiting} events still wait for it.",
            "Put it back until they are delivered, or leave them.",
        )
    elif told.failing and told.oldest_at is not None and now - told.oldest_at > STUCK:
        hours = (now - told.oldest_at) // 3_600
        why = reason_in_words(told.reason) or ""
        yield Finding(
            False,
            name,
            f"{told.waiting} events wait, the oldest for {hours} hours. {why}".strip(),
            "Mend the endpoint: they are offered again by themselves.",
        )
    if told.dead:
        yield Finding(
            False,
            name,
            f"{told.dead} events were given up.",
            f"Send them again: `portside events resend --dead {told.endpoint}`.",
        )
