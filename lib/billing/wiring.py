"""Builds an installation from its settings. Everything else is handed what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .business import Business
from .clock import Clock, make_clock
from .config import Settings
from .desk import Portside
from .domain.catalog import Catalog, parse_catalog
from .domain.errors import ConfigurationError
from .domain.fold import Rules
from .enrich import Enricher
from .ingest import Ingest
from .setup import Setup
from .store import migrate
from .store.engine import Store


@dataclass(frozen=True)
class Installation:
    """What was configured, opened. Parts are built when first asked for."""

    settings: Settings
    business: Business
    catalog: Catalog
    clock: Clock
    store: Store

    @cached_property
    def setup(self) -> Setup:
        return Setup(
            catalog=self.catalog,
            policy=self.business.policy.slug,
            timezone=self.business.timezone,
            livemode=self.settings.livemode,
            api_ready=self.settings.api_key is not None,
            stale_after=self.business.stale_after,
        )

    @cached_property
    def ingest(self) -> Ingest:
        rules = Rules(
            catalog=self.catalog, policy=self.business.policy, timezone=self.business.timezone
        )
        return Ingest(
            self.store,
            rules,
            clock=self.clock,
            livemode=self.settings.livemode,
            org_key=self.business.org_key,
        )

    @cached_property
    def portside(self) -> Portside:
        return Portside(store=self.store, clock=self.clock, setup=self.setup)

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        return self.settings.webhook_secrets

    @cached_property
    def enricher(self) -> Enricher | None:
        return None

    def close(self) -> None:
        self.store.close()


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
        catalog=read_catalog(settings),
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


def open_ingest(settings: Settings | None = None) -> Ingest:
    """The way in, of the installation that ``settings`` (default: the environment) names."""
    return open_installation(settings).ingest


def read_catalog(settings: Settings) -> Catalog:
    """The catalogue file. Raises ConfigurationError, CatalogInvalid."""
    path = settings.catalog
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no catalogue at {path}. Set PORTSIDE_CATALOG to your catalog.toml."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The catalogue {path} cannot be read as UTF-8 text.") from None
    return parse_catalog(text, source=str(path))


__all__ = [
    "Installation",
    "open_ingest",
    "open_installation",
    "open_portside",
    "open_store",
    "read_catalog",
]
