"""Finding customers by anything that an agent has in hand.

Three ranks: what is exactly what was typed, what begins with it, what holds it. Each is looked up
in an index, the lower ranks only while fewer than `CAP` were found, and only what was found is
sorted: nothing here grows with the number of customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from ...domain.rows import CustomerRow, EntitlementRow
from ...domain.search import ID_BARE, ID_BEGINS, Wanted
from ..search_index import FULL_TEXT, FUNCTION, lowered
from ..tables import customers, invoices, plan_entitlements
from .columns import by_bytes, value_of

CAP: Final = 1_000
"""Matches looked at. Beyond, which of them come is up to the index, and whoever asks is told."""

MOST_TRIGRAMS: Final = 12
"""Runs that the index is asked for; what it gives is looked at anyway."""

SAMPLE, COMMON = 2_000, 20
"""PostgreSQL gathers every row of its index before the first comes out. What `COMMON` customers
in `SAMPLE` rows hold is found sooner by reading rows until there are enough."""

EXACT, BEGINS, WITHIN = 0, 1, 2

KINDS: Final = {"customer_id": 0, "customer": 1, "subscription": 2, "invoice_id": 3, "invoice": 4}
"""Of equals the first comes first."""

IDS: Final = (
    ("customer_id", "customers", "customer_id", "cus_"),
    ("subscription", "subscriptions", "subscription_id", "sub_"),
    ("invoice_id", "invoices", "invoice_id", "in_"),
)
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Match:
    """One customer that was found. ``kind``: by what, see `KINDS`; ``object_id``: of what."""

    customer_id: str
    kind: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Matches:
    """One page. ``total``: customers found in all; ``capped``: there were more, not looked at."""

    page: tuple[Match, ...]
    total: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What a list shows of a customer. ``number``: of the invoice that it was found by."""

    customer: CustomerRow
    entitlement: EntitlementRow | None
    number: str | None


def matching_customers(connection: Connection, wanted: Wanted, limit: int, offset: int) -> Matches:
    """Customers that match, each once by its best, in one order: rank, kind, text, id."""
    common = common_pieces(connection, wanted)
    # Few are found at one go; whether there are few is known only behind.
    at_once = wanted.inside and wanted.text not in common
    rows = _run(connection, ranked(connection, wanted, limit, offset, common, at_once=at_once))
    if at_once and rows and rows[0][4] > CAP:
        rows = _run(connection, ranked(connection, wanted, limit, offset, common, at_once=False))
    if not rows and offset:
        first = matching_customers(connection, wanted, 1, 0)
        return Matches((), first.total, first.capped)
    names = {number: name for name, number in KINDS.items()}
    page = tuple(Match(row[0], names[row[1]], row[2]) for row in rows)
    return Matches(page, rows[0][3] if rows else 0, bool(rows) and rows[0][4] > CAP)


def _run(connection: Connection, asked: tuple[str, tuple[Any, ...]]) -> Sequence[Any]:
    return connection.exec_driver_sql(*asked).fetchall()


def ranked(
    connection: Connection,
    wanted: Wanted,
    limit: int,
    offset: int,
    common: frozenset[str] = frozenset(),
    *,
    at_once: bool = False,
) -> tuple[str, tuple[Any, ...]]:
    """The statement that finds one page, and its parameters.

    ``at_once``: ranks are told apart among what holds the text, so that beyond `CAP` the best may
    be missing; else each rank is looked up by itself.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for part, values in parts_of(connection, wanted, common, at_once):
        parts.append(f"SELECT * FROM ({part} LIMIT {CAP + 1}) AS part")  # noqa: S608
        parameters += values
    bytewise = "" if connection.dialect.name == "sqlite" else ' COLLATE "C"'
    order = f"best, kind, term{bytewise}, object_id{bytewise}"
    mark = _mark(connection)
    # S608: the pieces are ours, what was typed is a parameter.
    statement = f"""
        WITH found AS ({" UNION ALL ".join(parts)} LIMIT {CAP + 1}),
        mine AS (
            SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY {order}) AS nth
            FROM found
        )
        SELECT customer_id, kind, object_id, count(*) OVER (), (SELECT count(*) FROM found)
        FROM mine WHERE nth = 1 ORDER BY {order}, customer_id{bytewise}
        LIMIT {mark} OFFSET {mark}"""  # noqa: S608
    return statement, (*parameters, limit, offset)


def parts_of(
    connection: Connection, wanted: Wanted, common: frozenset[str], at_once: bool
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each way to find something, the best rank first; nothing is found by two of them."""
    text = wanted.text
    for kind, table, column, _ in IDS:
        yield _by_id(connection, EXACT, kind, table, column, text, text)
    if not at_once:
        yield _by_text(connection, str(EXACT), wanted.whole, (), common)
    if len(text) >= ID_BEGINS:
        for kind, table, column, _ in IDS:
            yield _by_id(connection, BEGINS, kind, table, column, text + "\x01", text + _LAST)
    if not at_once:
        yield _by_text(connection, str(BEGINS), wanted.beginning, (wanted.whole,), common)
    if len(text) >= ID_BARE:
        for kind, table, column, head in IDS:
            bare = head + text
            yield _by_id(connection, WITHIN, kind, table, column, bare, bare + _LAST)
    if at_once:
        yield _of_any_rank(connection, wanted)
    elif wanted.inside:
        yield _by_text(connection, str(WITHIN), text, (wanted.beginning,), common)


def _of_any_rank(connection: Connection, wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    """Every row that holds the text, and how well."""
    mark, place = _mark(connection), _place(connection)
    rank = (
        f"CASE WHEN {place}(t.folded, {mark}) > 0 THEN {EXACT} "
        f"WHEN {place}(t.folded, {mark}) > 0 THEN {BEGINS} ELSE {WITHIN} END"
    )
    found, asked = _by_text(connection, rank, wanted.text, (), frozenset())
    return found, (wanted.whole, wanted.beginning, *asked)


def common_pieces(connection: Connection, wanted: Wanted) -> frozenset[str]:
    """Those of the pieces looked for that so many rows hold that the index would be slower."""
    if connection.dialect.name == "sqlite":
        return frozenset()  # its index gives rows one by one
    pieces = (wanted.whole, wanted.beginning, wanted.text)
    # Customers, not rows: the numbers of one customer's invoices stand beside each other.
    held = "count(DISTINCT customer_id) FILTER (WHERE strpos(folded, %s) > 0)"
    sample = f"SELECT customer_id, folded FROM search_terms LIMIT {SAMPLE}"  # noqa: S608
    statement = f"SELECT {', '.join(held for _ in pieces)} FROM ({sample}) AS sample"  # noqa: S608
    found = connection.exec_driver_sql(statement, pieces).one()
    return frozenset(p for p, count in zip(pieces, found, strict=True) if count >= COMMON)


def _by_id(
    connection: Connection, rank: int, kind: str, table: str, column: str, first: str, last: str
) -> tuple[str, tuple[Any, ...]]:
    mark, folded = _mark(connection), lowered(connection, column)
    statement = (
        f"SELECT customer_id, {rank} AS best, {KINDS[kind]} AS kind, {column} AS object_id, "  # noqa: S608
        f"{folded} AS term FROM {table} WHERE {folded} >= {mark} AND {folded} <= {mark} "
        f"ORDER BY {folded}, {column}"
    )
    return statement, (first, last)


def _by_text(
    connection: Connection,
    rank: str,
    piece: str,
    better: tuple[str, ...],
    common: frozenset[str],
) -> tuple[str, tuple[Any, ...]]:
    """Rows that hold ``piece``, without those that hold ``better``."""
    mark = _mark(connection)
    number = f"CASE kind WHEN 'customer' THEN {KINDS['customer']} ELSE {KINDS['invoice']} END"
    columns = f"customer_id, {rank} AS best, {number} AS kind, object_id, t.folded AS term"
    asked: list[Any] = []
    if connection.dialect.name == "sqlite":
        # The cross join keeps the planner from walking search_terms instead.
        found = (
            f"SELECT {columns} FROM {FULL_TEXT} CROSS JOIN search_terms AS t "  # noqa: S608
            f"ON term_id = {FULL_TEXT}.rowid WHERE {FULL_TEXT} MATCH {mark} AND "
        )
        asked.append(_full_text(piece))
    else:
        found = f"SELECT {columns} FROM search_terms AS t WHERE "  # noqa: S608
        if piece not in common:
            found += f"{FUNCTION}(folded) @> {mark}::int[] AND "
            asked.append(_numbers(piece))
    place = _place(connection)
    found += f"{place}(t.folded, {mark}) > 0"
    found += "".join(f" AND {place}(t.folded, {mark}) = 0" for _ in better)
    return found, (*asked, piece, *better)


def _full_text(piece: str) -> str:
    """FTS5's way to ask for every run; quoted, nothing in it is an operator."""
    runs = _some([piece[n : n + 3] for n in range(len(piece) - 2)])
    return " AND ".join('"' + run.replace('"', '""') + '"' for run in runs)


def _numbers(piece: str) -> list[int]:
    data = piece.encode()
    return _some([a << 16 | b << 8 | c for a, b, c in zip(data, data[1:], data[2:], strict=False)])


def _some(runs: list[Any]) -> list[Any]:
    """At most `MOST_TRIGRAMS` of them, from all over."""
    distinct = list(dict.fromkeys(runs))
    step = -(-len(distinct) // MOST_TRIGRAMS)
    return distinct[::step]


def _place(connection: Connection) -> str:
    return "instr" if connection.dialect.name == "sqlite" else "strpos"


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def known_of(connection: Connection, matches: Matches) -> dict[str, Known]:
    """Who the customers of a page are and what they have, by id."""
    of_invoices = [m.object_id for m in matches.page if m.kind.startswith("invoice")]
    entitled = [column.label(f"e_{column.name}") for column in plan_entitlements.columns]
    query = (
        select(customers, invoices.c.number, *entitled)
        .outerjoin(plan_entitlements, plan_entitlements.c.customer_id == customers.c.customer_id)
        .outerjoin(
            invoices,
            and_(
                invoices.c.customer_id == customers.c.customer_id,
                invoices.c.invoice_id.in_(of_invoices),
            ),
        )
        .where(customers.c.customer_id.in_([match.customer_id for match in matches.page]))
    )
    found = {}
    for row in connection.execute(query).mappings():
        own = {c.name: row[f"e_{c.name}"] for c in plan_entitlements.columns}
        entitlement = value_of(EntitlementRow, own) if own["customer_id"] else None
        known = Known(value_of(CustomerRow, row), entitlement, row["number"])
        found[known.customer.customer_id] = known
    return found


def find_customer_ids(connection: Connection, wanted: str) -> list[str]:
    """The customers that ``wanted`` names exactly: an id, else an org, else an e-mail."""
    for condition in (
        customers.c.customer_id == wanted,
        customers.c.org_id == wanted,
        func.lower(customers.c.email) == wanted.lower(),
    ):
        query = select(customers.c.customer_id).where(condition)
        found = connection.execute(query.order_by(by_bytes(customers.c.customer_id))).scalars()
        if ids := list(found):
            return ids
    return []
