"""Standard Webhooks: the three headers that prove who sends an event, and which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"


def signed(event_id: str, at: int, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one attempt, made at ``at`` by the system's clock.

    One signature a secret, so that while one is rotated either proves it.
    """
    moment = datetime.fromtimestamp(at, UTC)
    signatures = (Webhook(secret).sign(event_id, moment, body) for secret in secrets)
    return {ID: event_id, TIMESTAMP: str(at), SIGNATURE: " ".join(signatures)}
