"""An event of Kinde's at the door."""

from __future__ import annotations

import json
from typing import Any, Final

from ..domain.errors import EventUnusable
from ..domain.providers import Provider, id_of
from ..kinde.envelope import read_envelope
from ..kinde.parse import Heard, parse_event
from ..store.inbox import State
from .arrivals import Arrival

SOURCE: Final = "kinde"


def read_kinde_event(event: Any, *, livemode: bool, delivery_id: str | None = None) -> Arrival:
    """Read one verified event. Kinde knows no test mode: it is of the mode that is set here.

    Raises PayloadInvalid when it is not an event of Kinde's; anything else has an arrival.
    """
    state: State
    try:
        heard = parse_event(event)
    except EventUnusable as unusable:
        heard = Heard(read_envelope(event), (), str(unusable))
        state = "failed"
    else:
        state = "applied" if heard.ignored is None else "ignored"
    envelope = heard.envelope
    return Arrival(
        event_id=envelope.event_id,
        type=envelope.type,
        created_at=envelope.at,
        api_version=None,
        livemode=livemode,
        state=state,
        error=heard.ignored,
        observations=heard.observations,
        body=json.dumps(event, separators=(",", ":")).encode(),
        delivery_id=None if delivery_id is None else id_of(Provider.KINDE, delivery_id),
    )
