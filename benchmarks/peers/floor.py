"""What nobody can be faster than: inserting and committing alone, checking signatures alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

import psycopg

from lib.billing.stripe.signature import verify

from .deliveries import SECRET, Delivery


def inserted(address: str, deliveries: Sequence[Delivery], group: int) -> float:
    """Bodies a second into one table with a key, ``group`` of them a commit."""
    rows = [(f"evt_{number}", body) for number, (body, _) in enumerate(deliveries)]
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE inbox (id text PRIMARY KEY, body bytea)")
        connection.commit()
        started = time.perf_counter()
        for first in range(0, len(rows), group):
            cursor.executemany("INSERT INTO inbox VALUES (%s, %s)", rows[first : first + group])
            connection.commit()
        return len(rows) / (time.perf_counter() - started)


def verified(deliveries: Sequence[Delivery]) -> float:
    """Signatures checked and bodies read as JSON, a second; nothing is stored."""
    started = time.perf_counter()
    for body, header in deliveries:
        verify(body, header, [SECRET])
    return len(deliveries) / (time.perf_counter() - started)
