"""One sandbox: an account in test mode with its objects, events, clock and deliveries.

Example::

    sandbox = Sandbox(now=1_790_000_000)
    with sandbox.transaction():
        customer = customers.create(sandbox, {"email": "ada@example.com"})
    sandbox.find("customer")          # newest first

Objects are plain dicts in the shape of the API, shared by reference: change one only inside a
transaction and ``put`` it afterwards; ``put`` and ``emit`` refuse to run outside of one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from lib.sandbox import events
from lib.sandbox.clock import Clock
from lib.sandbox.due import DueQueue
from lib.sandbox.errors import SandboxError
from lib.sandbox.ids import IdSource
from lib.sandbox.index import Row
from lib.sandbox.kinde.tenant import Tenant
from lib.sandbox.settings import Settings
from lib.sandbox.storage import Storage
from lib.sandbox.webhooks import Deliverer

Object = dict[str, Any]
Emitted = tuple[str, str, bytes]
"""An event on its way to the endpoints: id, type, body."""

NO_REQUEST: Object = {"id": None, "idempotency_key": None}


class Sandbox:
    """The facade that every operation gets as its first argument. Safe to share by threads."""

    snapshot = staticmethod(events.snapshot)
    snapshot_diff = staticmethod(events.snapshot_diff)

    def __init__(
        self,
        directory: Path | None = None,
        *,
        now: int | None = None,
        seed: int = 7,
        frozen: bool = False,
    ) -> None:
        """``directory`` keeps the world between starts; without it the world is in memory.

        ``now`` is the clock's start in unix seconds (default: the stored clock, else the system
        time); ``frozen`` stops the clock between explicit moves.
        """
        self.directory = directory
        self.lock = threading.RLock()
        self.storage = Storage(directory)
        self.settings = Settings()
        self.seed = int(self.storage.note("seed") or seed)
        generation = int(self.storage.note("generation") or -1) + 1
        self.storage.set_note("seed", str(self.seed))
        self.storage.set_note("generation", str(generation))
        self.ids = IdSource(self.seed, generation)
        self.clock = Clock(self._stored_clock() if now is None else now, frozen=frozen)
        self.due = DueQueue(self)
        self.deliverer = Deliverer(self)
        self.kinde = Tenant(now=self.now, directory=directory, seed=self.seed)
        self.only_events: Container[str] | None = None
        """When set, events of other types are not recorded: for long simulated histories."""
        self._local = threading.local()
        self._depth = 0
        self._emitted: list[Emitted] = []

    # -- time and ids ----------------------------------------------------------------------------

    def now(self) -> int:
        """Unix seconds on the sandbox's clock, or on the test clock in whose scope we are."""
        return self.clock.now()

    def new_id(self, prefix: str) -> str:
        """A new id such as ``cus_…``: repeatable from the seed within a world."""
        return self.ids.new(prefix)

    def move_clock(self, unix: int) -> None:
        """Set the clock and remember it. Due work: ``billing.lifecycle.run_until``."""
        self.clock.move_to(unix)
        self.storage.set_note("clock", f"{unix} {time.time():.0f}")

    def reached_at(self, url: str) -> None:
        """Hosted pages are linked under ``url`` from now on, those of stored invoices too."""
        before = self.storage.note("public_url")
        self.settings.public_url = url
        with self.transaction():
            if before is not None and before != url:
                self.storage.rebase("invoice", before, url)
            self.storage.set_note("public_url", url)

    def _stored_clock(self) -> int | None:
        note = self.storage.note("clock")
        if note is None:
            return None
        unix, noted_at = (int(part) for part in note.split())
        return unix + max(0, int(time.time()) - noted_at)

    # -- objects ---------------------------------------------------------------------------------

    def get(self, kind: str, id: str, *, param: str = "id") -> Object:
        """The stored object. Raises SandboxError: 404, or 400 when ``param`` names a parameter."""
        found = self.storage.get(kind, id) if isinstance(id, str) else None
        if found is None:
            raise SandboxError.missing_resource(kind, id, param=param)
        return found

    def peek(self, kind: str, id: str | None) -> Object | None:
        """The stored object, or None."""
        return None if id is None else self.storage.get(kind, id)

    def put(self, obj: Object) -> None:
        """Store ``obj`` (kind = its ``object``), new or changed."""
        self._require_transaction()
        self.storage.put(obj)
        self.due.follow(obj)

    def delete(self, obj: Object) -> None:
        self._require_transaction()
        self.storage.delete(obj["object"], obj["id"])

    def find(
        self,
        kind: str,
        *,
        customer: str | None = None,
        link: str | None = None,
        limit: int | None = None,
        **equal: Any,
    ) -> list[Object]:
        """Objects newest first, by customer, by what they hang on, and by top-level values."""
        found = []
        for obj in self.each(kind, customer=customer, link=link, **equal):
            found.append(obj)
            if limit is not None and len(found) == limit:
                break
        return found

    def each(
        self,
        kind: str,
        *,
        customer: str | None = None,
        link: str | None = None,
        after: str | None = None,
        before: str | None = None,
        oldest_first: bool = False,
        row_filter: Callable[[Row], bool] | None = None,
        **equal: Any,
    ) -> Iterator[Object]:
        """As ``find``, lazily; ``row_filter`` judges the index row before the body is loaded."""
        status = equal.pop("status", None)
        rows = self.storage.rows(
            kind,
            customer=customer,
            link=link,
            after=after,
            before=before,
            oldest_first=oldest_first,
        )
        for id, row in rows:
            if status is not None and row.status != status:
                continue
            if customer is not None and row.customer != customer:
                continue
            if row_filter is not None and not row_filter(row):
                continue
            obj = self.storage.get(kind, id)
            if obj is not None and all(obj.get(name) == value for name, value in equal.items()):
                yield obj

    # -- events ----------------------------------------------------------------------------------

    def emit(self, type: str, obj: Object, previous: Object | None = None) -> Object | None:
        """Store and queue an event about ``obj`` as it is now; None when the type is muted.

        ``previous`` are Stripe's previous_attributes (see ``snapshot_diff``), only on updates.
        """
        self._require_transaction()
        if self.only_events is not None and type not in self.only_events:
            return None
        now = self.clock.now()
        pending = self.deliverer.count(type)
        event = events.build_event(
            self.ids.new("evt"),
            type,
            obj,
            previous,
            created=now,
            pending=pending,
            request=getattr(self._local, "request", NO_REQUEST),
        )
        body = orjson.dumps(event)
        self.storage.add_event(event["id"], type, now, _owner(obj), body)
        if pending:
            self._emitted.append((event["id"], type, body))
        return event

    def update(self, obj: Object, before: Object, type: str) -> None:
        """Store ``obj`` and emit ``type`` with what changed since ``before``; nothing if equal."""
        previous = events.snapshot_diff(before, obj)
        self.put(obj)
        if previous:
            self.emit(type, obj, previous)

    # -- transactions ----------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Lock, and commit on success: then the events go out. An exception undoes everything.

        Transactions nest; only the outermost one commits.
        """
        with self.lock:
            if self._depth == 0:
                self.storage.relax()
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    outgoing, self._emitted = self._emitted, []
                    self.deliverer.record(outgoing)
                    self.storage.commit()
                    # Still locked: deliveries queue in the order of the commits.
                    self.deliverer.take(outgoing)
            except BaseException:
                if self._depth == 1:
                    self._emitted = []
                    self.storage.rollback()
                    self.due.forget()
                    self.deliverer.reload()
                raise
            finally:
                self._depth -= 1

    @property
    def in_transaction(self) -> bool:
        return self._depth > 0

    @contextmanager
    def requested_by(self, request_id: str, idempotency_key: str | None) -> Iterator[None]:
        """Events of this thread within the block carry this API request."""
        self._local.request = {"id": request_id, "idempotency_key": idempotency_key}
        try:
            yield
        finally:
            self._local.request = NO_REQUEST

    def _require_transaction(self) -> None:
        if self._depth == 0:
            raise RuntimeError("put, delete and emit need a surrounding sandbox.transaction().")

    def close(self) -> None:
        """Stop delivering and close the store."""
        self.deliverer.stop()
        with self.lock:
            self.storage.close()


def _owner(obj: Object) -> str | None:
    if obj["object"] == "customer":
        return str(obj["id"])
    customer = obj.get("customer") or (obj.get("_") or {}).get("customer")
    return customer if isinstance(customer, str) else None
