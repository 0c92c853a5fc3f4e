"""Objects and events of a world: live in memory, durable in SQLite.

Objects are dicts in the very shape the API renders, plus an optional key ``_`` with what only
the sandbox needs. Small index rows of every object stay in memory; bodies are loaded on
demand and written behind, once per transaction. Without a directory SQLite itself is in memory.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

Object = dict[str, Any]
Key = tuple[int, int, str]
"""Place of an object in a list: created, sequence, id."""

LIVE_OBJECTS = 60_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (kind TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL,
  seq INTEGER NOT NULL, customer TEXT, link TEXT, status TEXT, body BLOB NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL,
  created INTEGER NOT NULL, customer TEXT, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS events_id ON events (id);
CREATE INDEX IF NOT EXISTS events_created ON events (created);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL, body BLOB NOT NULL, created INTEGER NOT NULL);
"""


class Row(NamedTuple):
    """What the index knows of an object without loading it."""

    key: Key
    customer: str | None
    link: str | None
    status: str | None


def columns(obj: Object) -> tuple[str | None, str | None, str | None]:
    """(customer, link, status): link is the object that ``obj`` hangs on."""
    hidden = obj.get("_") or {}
    customer = obj.get("customer") or hidden.get("customer")
    status = obj.get("status")
    return (
        customer if isinstance(customer, str) else None,
        hidden.get("link"),
        status if isinstance(status, str) else None,
    )


class Storage:
    """Not thread-safe by itself: the sandbox's lock guards every call."""

    def __init__(self, directory: Path | None = None) -> None:
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if directory is None else str(directory / "world.sqlite3")
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)
        self._load()

    def _load(self) -> None:
        self._live: dict[tuple[str, str], Object] = {}
        self._dirty: dict[tuple[str, str], Object] = {}
        self._deleted: list[tuple[str, str]] = []
        self._events: list[tuple[Any, ...]] = []
        self._undo: list[tuple[str, str, Row | None]] = []
        self._spilled = False
        self._rows: dict[str, dict[str, Row]] = {}
        self._order: dict[str, list[Key]] = {}
        self._by_link: dict[tuple[str, str], list[Key]] = {}
        self._seq = 0
        for kind, id, created, seq, customer, link, status in self._db.execute(
            "SELECT kind, id, created, seq, customer, link, status FROM objects "
            "ORDER BY created, seq"
        ):
            self._index(kind, id, Row((created, seq, id), customer, link, status))
            self._seq = max(self._seq, seq)

    # -- objects ---------------------------------------------------------------------------------

    def get(self, kind: str, id: str) -> Object | None:
        """The live dict, shared by every caller: change it only inside a transaction."""
        found = self._live.get((kind, id))
        if found is not None:
            return found
        if id not in self._rows.get(kind, ()):
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
        old = self._rows.get(kind, {}).get(id)
        if old is None:
            self._seq += 1
            row = Row((obj.get("created") or 0, self._seq, id), customer, link, status)
        else:
            row = Row(old.key, customer, link, status)
        if row != old:
            self._undo.append((kind, id, old))
            if old is not None:
                self._unindex(kind, id, old)
            self._index(kind, id, row)
        self._live[(kind, id)] = obj
        self._dirty[(kind, id)] = obj

    def delete(self, kind: str, id: str) -> None:
        row = self._rows[kind][id]
        self._undo.append((kind, id, row))
        self._unindex(kind, id, row)
        self._live.pop((kind, id), None)
        self._dirty.pop((kind, id), None)
        self._deleted.append((kind, id))

    def row(self, kind: str, id: str) -> Row | None:
        return self._rows.get(kind, {}).get(id)

    def rows(
        self,
        kind: str,
        *,
        customer: str | None = None,
        link: str | None = None,
        before: str | None = None,
        after: str | None = None,
        oldest_first: bool = False,
    ) -> Iterator[tuple[str, Row]]:
        """Index rows, newest first; ``after``/``before`` are ids as in Stripe's paging."""
        keys = self._keys(kind, customer, link)
        low, high = 0, len(keys)
        if after is not None:
            high = bisect_left(keys, self._rows[kind][after].key)
        if before is not None:
            low = bisect_left(keys, self._rows[kind][before].key) + 1
        rows = self._rows.get(kind, {})
        places = range(low, high) if oldest_first else range(high - 1, low - 1, -1)
        for place in places:
            id = keys[place][2]
            yield id, rows[id]

    def kinds(self) -> list[str]:
        """Every kind of object that is stored, sorted."""
        return sorted(kind for kind, keys in self._order.items() if keys)

    def count(self, kind: str) -> int:
        return len(self._order.get(kind, ()))

    def _keys(self, kind: str, customer: str | None, link: str | None) -> list[Key]:
        if link is not None:
            return self._by_link.get((kind, link), [])
        if customer is not None:
            return self._by_link.get((kind, customer), [])
        return self._order.get(kind, [])

    def _index(self, kind: str, id: str, row: Row) -> None:
        self._rows.setdefault(kind, {})[id] = row
        _insert(self._order.setdefault(kind, []), row.key)
        for owner in {row.customer, row.link}:
            if owner is not None:
                _insert(self._by_link.setdefault((kind, owner), []), row.key)

    def _unindex(self, kind: str, id: str, row: Row) -> None:
        del self._rows[kind][id]
        _remove(self._order[kind], row.key)
        for owner in {row.customer, row.link}:
            if owner is not None:
                _remove(self._by_link[(kind, owner)], row.key)

    # -- events ----------------------------------------------------------------------------------

    def add_event(
        self, id: str, type: str, created: int, customer: str | None, body: bytes
    ) -> None:
        self._events.append((id, type, created, customer, body))

    def event(self, id: str) -> bytes | None:
        self.spill()
        row = self._db.execute("SELECT body FROM events WHERE id = ?", (id,)).fetchone()
        return None if row is None else bytes(row[0])

    def event_rows(self, where: str, values: Iterable[Any], order: str) -> list[tuple[Any, ...]]:
        """(seq, id, type, created) of stored events; ``where``/``order`` are fixed SQL of ours."""
        self.spill()
        query = f"SELECT seq, id, type, created FROM events WHERE {where} ORDER BY {order}"  # noqa: S608
        return self._db.execute(query, tuple(values)).fetchall()

    def event_bodies(self, seqs: list[int]) -> list[bytes]:
        """Bodies in the order of ``seqs``."""
        found: dict[int, bytes] = {}
        for start in range(0, len(seqs), 500):
            part = seqs[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT seq, body FROM events WHERE seq IN ({marks})"  # noqa: S608
            found.update(self._db.execute(query, part).fetchall())
        return [found[seq] for seq in seqs]

    # -- notes and replies -----------------------------------------------------------------------

    def note(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def reply(self, key: str) -> tuple[str, int, bytes, int] | None:
        """(fingerprint, status, body, created) kept for an idempotency key."""
        row = self._db.execute(
            "SELECT fingerprint, status, body, created FROM replies WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row[0], row[1], bytes(row[2]), row[3])

    def set_reply(self, key: str, fingerprint: str, status: int, body: bytes, now: int) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)",
            (key, fingerprint, status, body, now),
        )

    # -- transactions ----------------------------------------------------------------------------

    def spill(self) -> None:
        """Write what is pending into the open SQLite transaction, without committing it."""
        if not (self._dirty or self._deleted or self._events):
            return
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        self._spilled = True
        self._db.executemany("DELETE FROM objects WHERE kind = ? AND id = ?", self._deleted)
        self._db.executemany(
            "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [self._record(kind, id, obj) for (kind, id), obj in self._dirty.items()],
        )
        self._db.executemany(
            "INSERT INTO events (id, type, created, customer, body) VALUES (?, ?, ?, ?, ?)",
            self._events,
        )
        self._dirty, self._deleted, self._events = {}, [], []

    def _record(self, kind: str, id: str, obj: Object) -> tuple[Any, ...]:
        row = self._rows[kind][id]
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
            now = self._rows.get(kind, {}).get(id)
            if now is not None:
                self._unindex(kind, id, now)
            if old is not None:
                self._index(kind, id, old)
        self._live, self._dirty, self._deleted = {}, {}, []
        self._events, self._undo = [], []

    def close(self) -> None:
        self._db.close()


def _insert(keys: list[Key], key: Key) -> None:
    if not keys or keys[-1] < key:
        keys.append(key)
    else:
        insort(keys, key)


def _remove(keys: list[Key], key: Key) -> None:
    place = bisect_left(keys, key)
    if place < len(keys) and keys[place] == key:
        del keys[place]
