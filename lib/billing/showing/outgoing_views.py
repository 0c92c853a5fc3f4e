"""What the facade hands to the Outgoing board: frozen values. Times are unix seconds UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One endpoint of the product, and how it takes events."""

    name: str
    host: str | None  # None: it is in portside.toml no more
    waiting: int
    failing: int  # of those that wait, tried in vain so far
    delivered: int  # in the last 24 hours
    dead: int
    oldest_at: int | None  # when the oldest one that waits was made
    next_attempt_at: int | None  # of those tried in vain
    reason: str | None  # one sentence, of one of those


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that an endpoint did not take, and is not offered any more by itself."""

    event_id: str
    type: str
    customer_id: str
    endpoint: str
    created_at: int
    done_at: int | None
    attempts: int
    reason: str | None  # one sentence

    @property
    def subject(self) -> str:
        """What a request to send it again names."""
        return f"{self.event_id}@{self.endpoint}"
