"""Webhooks of the tenant: each a JWT, tried again for a while, under one id over all attempts."""

from __future__ import annotations

import heapq
import threading
import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from lib.sandbox.kinde.tenant import Tenant

RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Kinde's back-off of 36 hours, scaled to a sandbox."""
TIMEOUT_SECONDS = 10.0


class Deliverer:
    """One queue and one thread, started with the first delivery."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._queue: list[tuple[float, int, str, int]] = []
        self._count = 0
        self._under_way = 0
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self.answers: list[tuple[str, int]] = []
        """(event id, status) of every attempt; 0 where nobody answered."""

    def queue(self, event_id: str, *, wait: float = 0.0, attempt: int = 0) -> bool:
        """Deliver an event, unless no webhook is registered."""
        if self._tenant.webhook is None:
            return False
        with self._wake:
            self._count += 1
            heapq.heappush(self._queue, (time.monotonic() + wait, self._count, event_id, attempt))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="kinde", daemon=True)
                self._thread.start()
            self._wake.notify()
        return True

    @property
    def waiting(self) -> int:
        """How many are queued or under way."""
        with self._wake:
            return len(self._queue) + self._under_way

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until nothing is queued; False when that takes longer than ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.waiting and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.waiting == 0

    def attempt(self, event_id: str) -> int:
        """Send an event once; the status of the answer, 0 for none."""
        tenant, url = self._tenant, self._tenant.webhook
        event = tenant.events.get(event_id)
        if url is None or event is None:
            return 0
        headers = {"Content-Type": "application/jwt", "webhook-id": f"msg_{event_id}"}
        try:
            answer = httpx.post(
                url,
                content=tenant.token(event),
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code

    def _run(self) -> None:
        while True:
            event_id, attempt = self._next()
            try:
                status = self.attempt(event_id)
                self.answers.append((event_id, status))
                if status != 200 and attempt < len(RETRY_SECONDS):
                    self.queue(event_id, wait=RETRY_SECONDS[attempt], attempt=attempt + 1)
            finally:
                with self._wake:
                    self._under_way -= 1

    def _next(self) -> tuple[str, int]:
        with self._wake:
            while True:
                if not self._queue:
                    self._wake.wait()
                elif (wait := self._queue[0][0] - time.monotonic()) > 0:
                    self._wake.wait(wait)
                else:
                    self._under_way += 1
                    _, _, event_id, attempt = heapq.heappop(self._queue)
                    return event_id, attempt
