"""The queue and the threads that deliver events to one webhook endpoint."""

from __future__ import annotations

import heapq
import threading
import time
from typing import TYPE_CHECKING

import httpx

from lib.sandbox.events import API_VERSION
from lib.sandbox.versions import as_of
from lib.sandbox.webhooks import RETRY_SECONDS, Deliverer, Delivery, signature

if TYPE_CHECKING:
    from lib.sandbox.core import Sandbox

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 0.05
STOP_SECONDS = 1.0
"""How long an end waits for the delivery under way."""


class Lane:
    """Delivers as many at once as the settings say; a failed one comes back after its waiting time.

    More than one at once means that order is not kept, as it is not in Stripe.
    """

    def __init__(self, deliverer: Deliverer, sandbox: Sandbox, endpoint_id: str) -> None:
        self._deliverer = deliverer
        self._sandbox = sandbox
        self._endpoint_id = endpoint_id
        self._queue: list[tuple[float, int, Delivery]] = []
        self._count = 0
        self._wake = threading.Condition()
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._run, name=f"lane-{endpoint_id}-{n}", daemon=True)
            for n in range(sandbox.settings.deliveries_at_once)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, delivery: Delivery, wait: float) -> None:
        """Deliver after ``wait`` seconds."""
        with self._wake:
            self._count += 1
            heapq.heappush(self._queue, (time.monotonic() + wait, self._count, delivery))
            self._wake.notify()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._deliverer.discarded(len(self._queue))

    def _run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while (delivery := self._next()) is not None:
                self._attempt(client, delivery)

    def _next(self) -> Delivery | None:
        with self._wake:
            while not self._stopped:
                if self._queue and not self._deliverer.of(self._endpoint_id).paused:
                    wait = self._queue[0][0] - time.monotonic()
                    if wait <= 0:
                        return heapq.heappop(self._queue)[2]
                    self._wake.wait(wait)
                else:
                    self._wake.wait(PAUSE_SECONDS if self._queue else None)
        return None

    def _attempt(self, client: httpx.Client, delivery: Delivery) -> None:
        endpoint = self._endpoint()
        if endpoint is None:
            self._deliverer.finished(delivery, self._endpoint_id, delivered=False)
        elif self._post(client, endpoint, delivery):
            self._deliverer.finished(delivery, self._endpoint_id, delivered=True)
        elif delivery.attempt < len(RETRY_SECONDS):
            delivery.attempt += 1
            self.add(delivery, RETRY_SECONDS[delivery.attempt - 1])
        else:
            self._deliverer.finished(delivery, self._endpoint_id, delivered=False)

    def _endpoint(self) -> tuple[str, list[str], str] | None:
        """(url, valid secrets, API version), or None when it is gone or disabled."""
        with self._sandbox.lock:
            found = self._sandbox.peek("webhook_endpoint", self._endpoint_id)
            if found is None or found["status"] != "enabled":
                return None
            now = time.time()
            secrets = [
                entry["secret"]
                for entry in found["_"]["secrets"]
                if entry["expires_at"] is None or entry["expires_at"] > now
            ]
            return found["url"], secrets, found["api_version"] or API_VERSION

    def _post(
        self, client: httpx.Client, endpoint: tuple[str, list[str], str], delivery: Delivery
    ) -> bool:
        url, secrets, version = endpoint
        with self._sandbox.lock:
            body = as_of(self._sandbox, delivery.body, version)
        if self._deliverer.mis_signs(self._endpoint_id):
            secrets = ["whsec_of_somebody_else"]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(secrets, body, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            answer = client.post(url, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success
