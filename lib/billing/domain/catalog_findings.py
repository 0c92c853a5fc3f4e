"""What there is to say about a catalogue: where, how bad, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from .catalog import Catalog
from .errors import CatalogInvalid
from .plans import Path

FindingLevel = Literal["error", "warning", "note"]
LEVELS: Final[tuple[FindingLevel, ...]] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class CatalogFinding:
    """``code`` is stable; ``line`` is None for what stands nowhere in the file."""

    level: FindingLevel
    code: str
    line: int | None
    sentence: str
    remedy: str


def at(
    catalog: Catalog, level: FindingLevel, code: str, path: Path, sentence: str, remedy: str
) -> CatalogFinding:
    """A finding on the line of ``path``, else of the nearest thing around it."""
    return CatalogFinding(level, code, catalog.origin.line(*path), sentence, remedy)


def in_order(findings: Iterable[CatalogFinding]) -> list[CatalogFinding]:
    """Errors first, then by line; each once."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda f: (LEVELS.index(f.level), f.line or 0, f.code, f.sentence),
    )


def unusable(error: CatalogInvalid) -> CatalogFinding:
    """A file that cannot be read at all, as a finding."""
    said = str(error)
    code = "lookup_key_duplicate" if "listed once" in said else error.code
    return CatalogFinding(
        "error", code, error.line, said, "Correct the file; nothing else is read."
    )
