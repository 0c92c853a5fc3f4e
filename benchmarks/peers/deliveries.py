"""Events as Stripe delivers them: a body, and the header that signs it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from lib.billing.stripe.signature import sign

from ..ingest.receivers import SECRET as SECRET


class Delivery(NamedTuple):
    body: bytes
    header: str


def signed(events: Iterable[dict[str, Any]], at: float | None = None) -> list[Delivery]:
    """``at``: the unix second of the signatures; now by default."""
    second = int(time.time() if at is None else at)
    bodies = (orjson.dumps(event) for event in events)
    return [Delivery(body, sign(body, SECRET, second)) for body in bodies]


def write(deliveries: Sequence[Delivery], file: Path) -> None:
    """One JSON object a line, for a driver in another process."""
    with file.open("w", encoding="utf-8") as lines:
        for body, header in deliveries:
            lines.write(json.dumps({"body": body.decode(), "header": header}) + "\n")
