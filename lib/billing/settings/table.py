"""One section of `portside.toml`, read strictly: a mistake names the file, the key, the want."""

from __future__ import annotations

from typing import Any

from ..domain.errors import ConfigurationError


class Table:
    """``given``: the section as TOML gave it; ``prefix``: what its keys are called in messages."""

    def __init__(self, given: dict[str, Any], source: str, prefix: str = "") -> None:
        self.given = given
        self.source = source
        self.prefix = prefix

    def refuse(self, key: str, expected: str) -> ConfigurationError:
        return ConfigurationError(f"{self.source}: {self.prefix}{key} should be {expected}.")

    def only(self, known: frozenset[str]) -> None:
        """Raise for a key that is not in ``known``."""
        unknown = sorted(self.given.keys() - known)
        if unknown:
            raise ConfigurationError(
                f"{self.source}: {self.prefix + unknown[0]!r} is not known. "
                f"Known are: {', '.join(sorted(known))}."
            )

    def text(self, key: str, default: str) -> str:
        value = self.given.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, "a text")
        return value.strip()

    def maybe_text(self, key: str) -> str | None:
        return self.text(key, "") if key in self.given else None

    def texts(self, key: str, expected: str) -> list[str]:
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.refuse(key, expected)
        return [text.strip() for text in value]

    def positive(self, key: str, default: int) -> int:
        value = self.given.get(key, default)
        if type(value) is not int or value < 1:
            raise self.refuse(key, "a whole number above zero")
        return value

    def section(self, key: str) -> dict[str, Any]:
        value = self.given.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(key, "a section")
        return value

    def sub(self, key: str) -> Table:
        return Table(self.section(key), self.source, f"{self.prefix}{key}.")
