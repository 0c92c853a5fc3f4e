"""Builds an installation from its settings. Everything else is handed what it needs."""

from __future__ import annotations

from ..config import Settings
from ..desk import Portside
from ..domain.errors import DatabaseUnavailable
from ..following import Follower
from ..ingest import Ingest
from ..settings.catalog_file import read_catalog
from ..settings.clock import make_clock
from ..store import migrate
from ..store.engine import Store
from ..store.fence import look
from .gateway import open_gateway
from .installation import Installation


def open_installation(settings: Settings | None = None) -> Installation:
    """Open what ``settings`` (default: the environment) names.

    A SQLite file is created and migrated by the way; PostgreSQL is migrated by `portside db
    upgrade` alone, because its readers may not change it. Raises ConfigurationError,
    CatalogInvalid, DatabaseUnavailable.
    """
    settings = settings or Settings.load()
    return Installation(
        settings=settings,
        business=settings.business(),
        catalog=read_catalog(settings.catalog),
        clock=make_clock(settings.now),
        store=open_store(settings),
    )


def open_store(settings: Settings, *, upgrade: bool = False) -> Store:
    """The database, migrated when it is SQLite or ``upgrade`` is asked for."""
    store = Store(settings.database_url, read_url=settings.read_database_url)
    if upgrade or store.is_sqlite:
        migrate.upgrade(store)
    return store


def open_portside(settings: Settings | None = None) -> Portside:
    """The facade of the installation that ``settings`` (default: the environment) names."""
    return open_installation(settings).portside


def follow_portside(settings: Settings | None = None) -> Follower[Installation]:
    """The same, kept at the applied catalogue: ask for ``running.portside`` after each look."""
    return open_installation(settings).follower


def open_ingest(settings: Settings | None = None) -> Ingest:
    """The way in, of the installation that ``settings`` (default: the environment) names."""
    return open_writer(settings).ingest


def open_writer(settings: Settings | None = None) -> Installation:
    """The installation, for a command that writes. Raises DatabaseUnavailable where this version
    may not write to the database as it is."""
    opened = open_installation(settings)
    try:
        look(opened.store)
    except DatabaseUnavailable:
        opened.close()
        raise
    return opened


__all__ = [
    "Installation",
    "follow_portside",
    "open_gateway",
    "open_ingest",
    "open_installation",
    "open_portside",
    "open_store",
    "open_writer",
]
