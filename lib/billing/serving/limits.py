"""How much one process takes from the network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, all for one process."""

    head: int = 32 * 1024  # the request line and all headers
    headers: int = 100
    head_seconds: float = 10.0  # until a request's head is here
    body_seconds: float = 20.0  # from there until its body is
    answer_seconds: float = 120.0  # until it is answered, and the answer taken
    linger_seconds: float = 2.0  # a refused body is still read for so long,
    linger: int = 4 * 1024 * 1024  # and so far: who hears of the refusal can stop sending
    connections: int = 512
    connections_per_address: int = 64  # of who is no proxy of ours
    idle_seconds: int = 65  # longer than nginx keeps a connection to us
    at_once: int = 256  # requests under way beside deliveries
    kept_bodies: int = 64 * 1024 * 1024  # of all bodies being read, beyond `free_body` of each
    free_body: int = 256 * 1024


USUAL = Limits()
