"""A real PostgreSQL with the two roles, each test's own, and a store opened as either."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy.engine import make_url

from lib.billing.store import grants
from lib.billing.store.engine import Store


@dataclass(frozen=True)
class Roles:
    owner: Store
    receiver: Store
    dashboard: Store
    names: tuple[str, str]


@pytest.fixture
def role_names(postgres_server: str, postgres_url: str) -> Iterator[tuple[str, str]]:
    """Two names that no other test uses; the roles are dropped afterwards. Roles belong to the
    server, so what they were given in this test's database goes with it first."""
    mark = secrets.token_hex(4)
    names = f'portside "receiver" 100% {mark}', f"portside's dashboard; {mark}"
    yield names
    own = postgres_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(own, autocommit=True) as connection:
        for name in names:
            quoted = psycopg.sql.Identifier(name)
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
            if known.fetchone():
                connection.execute(psycopg.sql.SQL("DROP OWNED BY {}").format(quoted))
                connection.execute(psycopg.sql.SQL("DROP ROLE {}").format(quoted))


def as_role(url: str, name: str) -> Store:
    return Store(make_url(url).set(username=name).render_as_string(hide_password=False))


@pytest.fixture
def roles(postgres_url: str, role_names: tuple[str, str]) -> Iterator[Roles]:
    """The database with rights given, opened by each party."""
    owner = Store(postgres_url)
    receiver, dashboard = role_names
    with owner.reading() as connection:
        made = grants.statements(connection, receiver=receiver, dashboard=dashboard)
    grants.apply(owner, made)
    opened = Roles(
        owner, as_role(postgres_url, receiver), as_role(postgres_url, dashboard), role_names
    )
    yield opened
    for store in (opened.receiver, opened.dashboard, opened.owner):
        store.close()
