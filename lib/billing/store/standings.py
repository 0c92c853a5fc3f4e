"""Standings as rows: compact JSON, large ones compressed, bound to the rules that they came from.

They need not be bound to references: whoever depends on a price or coupon that changes is folded
anew in the transaction that changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, exists, insert, literal, select

from ..domain.ledger import Ledger, OpenGroup, Worth
from ..domain.rollups import Cell, Sums
from ..domain.standing import Key, Standing
from ..domain.trail import ObjectFold, Step
from . import dialect
from .spelling import grown, read, shrunk_if_large, spelled
from .tables import customers, standings

MOST_KNOWN: Final = 1_000
"""Standings that a process holds besides: some thirty kilobytes each."""
MOST_SPELLED: Final = 2 << 20
"""Bytes of their spelling: what a customer takes grows with its history, in memory tenfold."""


class Known(dict[str, tuple[bytes, Standing]]):
    """Standings as they were last kept here, with their spelling: a customer of whom one event
    arrives is soon heard of again, and what is stored as it was left needs no reading. Whatever
    became of the transaction, a spelling says what it says."""

    _spelled = 0

    def keep(self, customer_id: str, spelling: bytes, standing: Standing) -> None:
        before, _ = self.pop(customer_id, (b"", None))
        self._spelled += len(spelling) - len(before)
        if len(self) >= MOST_KNOWN or self._spelled > MOST_SPELLED:
            self.clear()
            self._spelled = len(spelling)
        self[customer_id] = spelling, standing

    def read(self, customer_id: str, spelling: bytes) -> Standing:
        found = self.get(customer_id)
        if found is not None and found[0] == spelling:
            return found[1]
        return _standing(read(grown(spelling)))


_CELLS: Final = attrgetter(*(field.name for field in fields(Worth)))


def load(
    connection: Connection, customer_ids: Iterable[str], *, folded_by: str
) -> dict[str, Standing]:
    """Standings of these customers. One that other rules made keeps only its sums."""
    return loaded(ask(connection, customer_ids), folded_by=folded_by)


def ask(connection: Connection, customer_ids: Iterable[str]) -> dialect.Answer:
    condition = dialect.among(connection, "customer_id")
    return dialect.ask(
        connection,
        "SELECT customer_id, folded_by, state FROM standings "  # noqa: S608
        f"WHERE {condition}",
        dialect.keys(connection, sorted(customer_ids)),
    )


def loaded(
    answer: dialect.Answer, *, folded_by: str, known: Known | None = None
) -> dict[str, Standing]:
    """What was asked for, as :func:`load` gives it."""
    known = Known() if known is None else known
    standing_of: dict[str, Standing] = {}
    for customer_id, made_by, state in answer.fetchall():
        standing = known.read(customer_id, state)
        if made_by != folded_by:
            standing = replace(standing, objects={}, ledger=None)
        standing_of[customer_id] = standing
    return standing_of


def save(
    connection: Connection,
    made: Mapping[str, Standing],
    *,
    folded_by: str,
    known: Known | None = None,
) -> None:
    """``known``: where they are remembered, to be read again for less."""
    rows = []
    for customer_id in sorted(made):
        spelling = shrunk_if_large(_text(made[customer_id]))
        rows.append((customer_id, folded_by, spelling))
        if known is not None:
            known.keep(customer_id, spelling, made[customer_id])
    dialect.upsert(connection, standings, rows)


def complete(connection: Connection) -> None:
    """Give a row to the customers that have none, as if nobody's rules had folded them."""
    nothing = literal(shrunk_if_large(_text(Standing())), LargeBinary)
    known = exists().where(standings.c.customer_id == customers.c.customer_id)
    lacking = select(customers.c.customer_id, literal(""), nothing).where(~known)
    columns = ["customer_id", "folded_by", "state"]
    connection.execute(insert(standings).from_select(columns, lacking))


def by_others(connection: Connection, mark: str, after: str, most: int) -> list[str]:
    """The next customers after ``after`` whom other rules than those of ``mark`` folded."""
    sign = dialect.mark(connection)
    rows = dialect.fetch(
        connection,
        f"SELECT customer_id FROM standings WHERE customer_id > {sign} "  # noqa: S608 - no input
        f"AND folded_by <> {sign} ORDER BY customer_id LIMIT {sign}",
        after,
        mark,
        most,
    )
    return [str(row[0]) for row in rows]


def count_by_others(connection: Connection, mark: str) -> int:
    """How many customers other rules folded. Reads every key."""
    sign = dialect.mark(connection)
    statement = f"SELECT COUNT(*) FROM standings WHERE folded_by <> {sign}"  # noqa: S608 - no input
    return int(dialect.fetch(connection, statement, mark)[0][0])


def sign(connection: Connection, customer_ids: Iterable[str], mark: str) -> None:
    """Note that these were folded by the rules of ``mark``, also where nothing came of it."""
    placeholder, condition = dialect.mark(connection), dialect.among(connection, "customer_id")
    statement = (
        f"UPDATE standings SET folded_by = {placeholder} "  # noqa: S608 - no input
        f"WHERE folded_by <> {placeholder} AND {condition}"
    )
    dialect.run(connection, statement, mark, mark, dialect.keys(connection, sorted(customer_ids)))


def _text(standing: Standing) -> bytes:
    plain = {
        "objects": [_object(folded) for folded in standing.objects.values()],
        "gaps": standing.gaps,
        "last_second": standing.last_second,
        "ledger": _ledger(standing.ledger),
        "settled": _sums(standing.settled),
        "contribution": _sums(standing.contribution),
    }
    return spelled(plain)


def _standing(plain: dict[str, Any]) -> Standing:
    objects: dict[Key, ObjectFold] = {}
    for kind, object_id, steps, *rest in plain["objects"]:
        told = tuple(Step(*step) for step in steps)
        objects[kind, object_id] = ObjectFold(kind, object_id, told, None, *rest)
    return Standing(
        objects=objects,
        gaps=plain["gaps"],
        last_second=plain["last_second"],
        ledger=_read_ledger(plain["ledger"]),
        settled=_read_sums(plain["settled"]),
        contribution=_read_sums(plain["contribution"]),
    )


def _object(folded: ObjectFold) -> list[Any]:
    steps = [[s.second, s.effective, s.state, s.event_id, s.certainty] for s in folded.steps]
    return [
        folded.object_type,
        folded.object_id,
        steps,
        folded.born,
        folded.terminal,
        folded.gaps,
        folded.last_second,
        folded.ambiguous,
    ]


def _ledger(ledger: Ledger | None) -> list[Any] | None:
    if ledger is None:
        return None
    group = ledger.group
    opened = None
    if group is not None:
        worths = [_worths(group.opened), _worths(group.reached)]
        opened = [group.anchor, group.last_at, *worths, group.reconstructed, group.moved_before]
    now, values = _worths(ledger.now), dict(ledger.values)
    return [ledger.currency, ledger.newest, now, values, opened, sorted(ledger.awaiting)]


def _read_ledger(plain: list[Any] | None) -> Ledger | None:
    if plain is None:
        return None
    currency, newest, now, values, opened, awaiting = plain
    group = None
    if opened is not None:
        anchor, last_at, before, after, *marks = opened
        group = OpenGroup(anchor, last_at, _read_worths(before), _read_worths(after), *marks)
    return Ledger(currency, newest, _read_worths(now), values, group, frozenset(awaiting))


def _worths(worths: Mapping[str, Worth]) -> list[Any]:
    return [_CELLS(worth) for worth in worths.values()]


def _read_worths(plain: list[Any]) -> dict[str, Worth]:
    return {worth[1]: Worth(*worth) for worth in plain}


def _sums(contribution: Mapping[Cell, Sums]) -> list[Any]:
    return [[*cell, *sums] for cell, sums in contribution.items()]


def _read_sums(plain: list[Any]) -> dict[Cell, Sums]:
    width = len(Cell._fields)
    return {Cell(*row[:width]): Sums(*row[width:]) for row in plain}
