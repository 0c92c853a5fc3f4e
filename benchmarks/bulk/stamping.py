"""A life folded by the product itself, and its rows with somebody else's names and times.

A template's life is lived by a stand-in whose token and names occur nowhere else, and its times
look like nothing else either: so all rows of a table are one text, in which those are replaced.
Shifts are whole weeks of UTC: business days and weeks are the same ones, later.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import orjson

from lib.billing.domain.fold import Rules
from lib.billing.domain.search import fold
from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store, memory_store
from lib.billing.store.spelling import grown, shrunk_if_large
from lib.billing.store.tables import DERIVED, metadata, standings

from .lives import Life
from .people import Person

Cells = Sequence[Any]

TABLES: Final = (*DERIVED, standings)
"""What is stamped; sums are reckoned, see `world`."""

_TIME: Final = re.compile(r"\b1[6-9]\d{8}\b|\b20\d\d-\d\d-\d\d\b")
_NAMES: Final = ("Qqnameqq", "qqnameqq", "qqmailqq@example.test", "qqorgqq")
"""Of every stand-in: its name, the same folded, e-mail and organization."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Text:
    """A text of a stand-in's, to be read of somebody else."""

    def __init__(self, text: str, token: str) -> None:
        self._text = text
        self._later: dict[int, str] = {}
        self._token = token if token in text else None
        self._upper = token.upper() if token.upper() in text else None
        self._named = [(n, name) for n, name in enumerate(_NAMES) if name in text]

    def of(self, person: Person, folded: str) -> str:
        """``folded``: the person's name, as it is searched for."""
        text = self._later.get(person.shift)
        if text is None:
            text = _TIME.sub(lambda found: _later(found[0], person.shift), self._text)
            self._later[person.shift] = text
        if self._token:
            text = text.replace(self._token, person.token)
        if self._upper:
            text = text.replace(self._upper, person.token.upper())
        if self._named:
            names = (person.name, folded, person.email, person.org)
            for n, name in self._named:
                text = text.replace(name, names[n])
        return text


class Template:
    """The rows of one life by table, ready to be stamped."""

    def __init__(self, rows: dict[str, list[Cells]], token: str) -> None:
        [(self._owner, self._folded_by, state)] = rows.pop(standings.name)
        self._owner = self._owner.replace(token, "")
        self._state = Text(grown(state).decode(), token)
        self._json = {name: Text(orjson.dumps(r).decode(), token) for name, r in rows.items()}
        self._lines = {name: Text("".join(map(_line, r)), token) for name, r in rows.items()}

    def rows(
        self, person: Person, without: Collection[str] = ()
    ) -> Iterator[tuple[str, list[Cells]]]:
        """(table, rows) of this life as ``person`` lived it."""
        folded = fold(person.name)
        for name, text in self._json.items():
            if name not in without:
                yield name, orjson.loads(text.of(person, folded))
        if standings.name not in without:
            yield standings.name, [self._standing(person)]

    def lines(self, person: Person, without: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """(table, rows as PostgreSQL's COPY reads them)."""
        folded = fold(person.name)
        for name, text in self._lines.items():
            if name not in without:
                yield name, text.of(person, folded)
        if standings.name not in without:
            yield standings.name, _line(self._standing(person))

    def _standing(self, person: Person) -> Cells:
        state = shrunk_if_large(self._state.of(person, "").encode())
        return self._owner + person.token, self._folded_by, state


def templates(count: int, seed: int, months: int, rules: Rules) -> list[Template]:
    """``count`` lives, fed as events to a database in memory and folded there."""
    stand_ins = {f"zz{number:04}zz": number for number in range(count)}
    store = memory_store()
    try:
        with store.writing() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('watermark', '0')")
        told = (
            event
            for token, number in stand_ins.items()
            for event in life_of(number, seed, _stand_in(token), months).events
        )
        Ingest(store, rules, clock=lambda: 0).apply(told)
        folded = dump(store)
    finally:
        store.close()
    rows: dict[str, dict[str, list[Cells]]] = {token: defaultdict(list) for token in stand_ins}
    for table in TABLES:
        owner = list(table.columns.keys()).index("customer_id")
        for cells in folded[table.name]:
            rows[cells[owner].removeprefix("cus_")][table.name].append(cells)
    return [Template(rows[token], token) for token in stand_ins]


def _stand_in(token: str) -> Person:
    name, _, email, org = _NAMES
    return Person(token, name, email, org, 0)


def life_of(template: int, seed: int, person: Person, months: int) -> Life:
    """The life of template ``template`` as ``person`` lived it: what the rows must equal."""
    return Life(seed * 1_000_003 + template, person, months)


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every stamped table, in one order."""
    with store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in TABLES
        }


def _line(cells: Cells) -> str:
    return "\t".join(map(_cell, cells)) + "\n"


def _cell(value: Any) -> str:
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case bytes():
            return rf"\\x{value.hex()}"
        case str():
            return value.translate(_ESCAPES)
    return str(value)


def _later(time: str, shift: int) -> str:
    """A second, or a day, ``shift`` seconds later."""
    if "-" not in time:
        return str(int(time) + shift)
    return (date.fromisoformat(time) + timedelta(seconds=shift)).isoformat()
