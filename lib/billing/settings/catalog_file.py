"""Reads the catalogue file."""

from __future__ import annotations

from pathlib import Path

from ..domain.catalog import Catalog, parse_catalog
from ..domain.errors import ConfigurationError


def read_catalog(path: Path) -> Catalog:
    """Raises ConfigurationError when there is no such file, CatalogInvalid when it is wrong."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no catalogue at {path}. Set PORTSIDE_CATALOG to your catalog.toml."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The catalogue {path} cannot be read as UTF-8 text.") from None
    return parse_catalog(text, source=str(path))
