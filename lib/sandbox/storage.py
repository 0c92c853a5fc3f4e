"""Objects and events of a world: live in memory, durable in SQLite.

Objects are dicts in the very shape the API renders, plus an optional key ``_`` with what only
the sandbox needs. Small index rows of every object stay in memory; bodies are loaded on
demand and written behind, once per transaction. Without a directory SQLite itself is in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from lib.sandbox.index import Index, Row, columns
from lib.sandbox.outbox import Outbox
from lib.sandbox.packing import LEARN_FROM, Packer, learn
from lib.sandbox.schema import SCHEMA

Object = dict[str, Any]

LIVE_OBJECTS = 60_000
FILE_NAME = "world.sqlite3"
BUSY_SECONDS = 1.0


class Storage:
    """Not thread-safe by itself: the sandbox's lock guards every call."""

    def __init__(self, directory: Path | None = None) -> None:
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if directory is None else str(directory / FILE_NAME)
        self._db = sqlite3.connect(
            path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
        )
        # Two sandboxes on one world would hand out the same ids and undo each other's changes.
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)
        self.outbox = Outbox(self._db)
        self._packs = directory is not None
        self._seen: list[bytes] = []
        self._load()

    @staticmethod
    def erase(directory: Path) -> None:
        """Delete the stored world in ``directory``; nobody may have it open."""
        for suffix in ("", "-wal", "-shm"):
            (directory / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)

    def _load(self) -> None:
        self._live: dict[tuple[str, str], Object] = {}
        self._dirty: dict[tuple[str, str], Object] = {}
        self._deleted: list[tuple[str, str]] = []
        self._events: list[tuple[Any, ...]] = []
        self._undo: list[tuple[str, str, Row | None]] = []
        self._spilled = False
        dictionary = self.note("dictionary")
        self._packer = Packer(None if dictionary is None else dictionary.encode())
        self.index = Index()
        self._seq = 0
        for kind, id, created, seq, customer, link, status in self._db.execute(
            "SELECT kind, id, created, seq, customer, link, status FROM objects "
            "ORDER BY created, seq"
        ):
            self.index.add(kind, id, Row((created, seq, id), customer, link, status))
            self._seq = max(self._seq, seq)

    # -- objects ---------------------------------------------------------------------------------

    def get(self, kind: str, id: str) -> Object | None:
        """The live dict, shared by every caller: change it only inside a transaction."""
        found = self._live.get((kind, id))
        if found is not None:
            return found
        if self.index.row(kind, id) is None:
            return None
        row = self._db.execute(
            "SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        loaded: Object = orjson.loads(row[0])
        self._live[(kind, id)] = loaded
        return loaded

    def put(self, obj: Object) -> None:
        kind, id = obj["object"], obj["id"]
        customer, link, status = columns(obj)
        old = self.index.row(kind, id)
        if old is None:
            self._seq += 1
            row = Row((obj.get("created") or 0, self._seq, id), customer, link, status)
        else:
            row = Row(old.key, customer, link, status)
        if row != old:
            self._undo.append((kind, id, old))
            if old is not None:
                self.index.remove(kind, id, old)
            self.index.add(kind, id, row)
        self._live[(kind, id)] = obj
        self._dirty[(kind, id)] = obj

    def delete(self, kind: str, id: str) -> None:
        row = self.index.held(kind, id)
        self._undo.append((kind, id, row))
        self.index.remove(kind, id, row)
        self._live.pop((kind, id), None)
        self._dirty.pop((kind, id), None)
        self._deleted.append((kind, id))

    def rows(self, kind: str, **which: Any) -> Iterator[tuple[str, Row]]:
        """(id, row) of the objects of ``kind``: see ``Index.rows``."""
        return self.index.rows(kind, **which)

    def kinds(self) -> list[str]:
        """Every kind of object that is stored, sorted."""
        return self.index.kinds()

    def count(self, kind: str) -> int:
        return self.index.count(kind)

    # -- events ----------------------------------------------------------------------------------

    def add_event(
        self, id: str, type: str, created: int, customer: str | None, body: bytes
    ) -> None:
        self._events.append((id, type, created, customer, body))

    def event(self, id: str) -> bytes | None:
        self.spill()
        row = self._db.execute("SELECT body FROM events WHERE id = ?", (id,)).fetchone()
        return None if row is None else self._packer.unpack(row[0])

    def event_rows(self, where: str, values: Iterable[Any], order: str) -> list[tuple[Any, ...]]:
        """(seq, id, type, created) of stored events; ``where``/``order`` are fixed SQL of ours."""
        self.spill()
        query = f"SELECT seq, id, type, created FROM events WHERE {where} ORDER BY {order}"  # noqa: S608
        return self._db.execute(query, tuple(values)).fetchall()

    def event_place(self, id: str) -> tuple[int, int] | None:
        """(created, seq) of a stored event."""
        self.spill()
        row = self._db.execute("SELECT created, seq FROM events WHERE id = ?", (id,)).fetchone()
        return None if row is None else (row[0], row[1])

    def scan_events(
        self, since: int, *, before: tuple[int, int] | None, after: tuple[int, int] | None
    ) -> Iterator[tuple[int, str, str, int]]:
        """(seq, id, type, created) of events from ``since`` on, lazily.

        Newest first, and only those older than the place ``before``; with the place ``after``
        oldest first, and only those newer than it.
        """
        self.spill()
        where, order, values = "created >= ?", "DESC", [since]
        if before is not None:
            where, values = f"{where} AND (created, seq) < (?, ?)", [since, *before]
        if after is not None:
            where, values, order = f"{where} AND (created, seq) > (?, ?)", [since, *after], "ASC"
        query = (
            f"SELECT seq, id, type, created FROM events WHERE {where} "  # noqa: S608
            f"ORDER BY created {order}, seq {order}"
        )
        yield from self._db.execute(query, values)

    def event_bodies(self, seqs: list[int]) -> list[bytes]:
        """Bodies in the order of ``seqs``."""
        found: dict[int, bytes] = {}
        for start in range(0, len(seqs), 500):
            part = seqs[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT seq, body FROM events WHERE seq IN ({marks})"  # noqa: S608
            found.update(self._db.execute(query, part).fetchall())
        return [self._packer.unpack(found[seq]) for seq in seqs]

    def owe(self, deliveries: list[tuple[str, str]]) -> None:
        """(event, endpoint) pairs to deliver, as part of the transaction under way."""
        self._begin()
        self.outbox.add(deliveries)

    # -- notes and replies -----------------------------------------------------------------------

    def note(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def forget_note(self, name: str) -> None:
        self._db.execute("DELETE FROM notes WHERE name = ?", (name,))

    def reply(self, key: str) -> tuple[str, int, bytes, int] | None:
        """(fingerprint, status, body, created) kept for an idempotency key."""
        row = self._db.execute(
            "SELECT fingerprint, status, body, created FROM replies WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row[0], row[1], bytes(row[2]), row[3])

    def set_reply(self, key: str, fingerprint: str, status: int, body: bytes, now: int) -> None:
        """Part of the transaction under way: a request and its answer are kept together."""
        self._begin()
        self._db.execute(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)",
            (key, fingerprint, status, body, now),
        )

    # -- transactions ----------------------------------------------------------------------------

    def spill(self) -> None:
        """Write what is pending into the open SQLite transaction, without committing it."""
        if not (self._dirty or self._deleted or self._events):
            return
        self._begin()
        self._db.executemany("DELETE FROM objects WHERE kind = ? AND id = ?", self._deleted)
        self._db.executemany(
            "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [self._record(kind, id, obj) for (kind, id), obj in self._dirty.items()],
        )
        if self._packs and not self._packer.ready:
            self._learn()
        self._db.executemany(
            "INSERT INTO events (id, type, created, customer, body) VALUES (?, ?, ?, ?, ?)",
            [(*event[:4], self._packer.pack(event[4])) for event in self._events],
        )
        self._dirty, self._deleted, self._events = {}, [], []

    def _learn(self) -> None:
        """Pack events from here on, once there are enough to learn from."""
        self._seen += [event[4] for event in self._events]
        if len(self._seen) >= LEARN_FROM:
            dictionary = learn(self._seen).decode("utf-8", "ignore")
            self.set_note("dictionary", dictionary)
            self._packer, self._seen = Packer(dictionary.encode()), []

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        self._spilled = True

    def _record(self, kind: str, id: str, obj: Object) -> tuple[Any, ...]:
        row = self.index.held(kind, id)
        created, seq, _ = row.key
        return (kind, id, created, seq, row.customer, row.link, row.status, orjson.dumps(obj))

    def rebase(self, kind: str, old: str, new: str) -> None:
        """Replace the text ``old`` by ``new`` in every stored object of ``kind``."""
        self.spill()
        self._live = {}
        self._db.execute(
            "UPDATE objects SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) "
            "WHERE kind = ?",
            (old, new, kind),
        )

    def pending(self) -> int:
        """How many objects and events wait to be written."""
        return len(self._dirty) + len(self._events)

    def commit(self) -> None:
        self.spill()
        if self._db.in_transaction:
            self._db.execute("COMMIT")
        self._undo, self._spilled = [], False

    def relax(self) -> None:
        """Between transactions: forget loaded bodies when there are too many of them."""
        if len(self._live) > LIVE_OBJECTS:
            self._live = {}

    def rollback(self) -> None:
        """Back to the last commit. Live dicts may have been changed in place: all are dropped."""
        if self._spilled:
            self._db.execute("ROLLBACK")
            self._load()
            return
        for kind, id, old in reversed(self._undo):
            now = self.index.row(kind, id)
            if now is not None:
                self.index.remove(kind, id, now)
            if old is not None:
                self.index.add(kind, id, old)
        self._live, self._dirty, self._deleted = {}, {}, []
        self._events, self._undo = [], []

    def close(self) -> None:
        self._db.close()
