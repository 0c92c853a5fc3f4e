"""Typed reading of a TOML file whose every fault names the file, the line and the remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .errors import CatalogInvalid
from .plans import Path
from .toml_lines import lines_of


class TomlReader:
    """``data`` is the whole file. Each method reads one key of a table of it."""

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self._text = text.splitlines()
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogInvalid(
                f"{source}: not valid TOML: {error}.", line=_line_of(str(error))
            ) from None
        self.lines = lines_of(text)
        self._paths: dict[int, Path] = {id(self.data): ()}
        for path, table in _tables(self.data, ()):
            self._paths[id(table)] = path

    def fail(self, message: str, *needles: str) -> CatalogInvalid:
        """The error at the first line that has one of ``needles``."""
        for needle in needles:
            for number, line in enumerate(self._text, 1):
                if needle in line:
                    return self._at(message, number)
        return self._at(message, None)

    def fault(self, message: str, table: Mapping[str, Any], key: str = "") -> CatalogInvalid:
        """The error at ``key`` of ``table``, else where the table begins."""
        path = self.path(table)
        for known in ((*path, key), path):
            if known in self.lines:
                return self._at(message, self.lines[known])
        return self._at(message, None)

    def _at(self, message: str, line: int | None) -> CatalogInvalid:
        where = self.source if line is None else f"{self.source}, line {line}"
        return CatalogInvalid(f"{where}: {message}", line=line)

    def path(self, table: Mapping[str, Any]) -> Path:
        """Where ``table`` stands in the file."""
        return self._paths.get(id(table), ())

    def unknown(self, table: Mapping[str, Any], known: Collection[str]) -> Iterator[Path]:
        """Where the keys of ``table`` stand that are none of ``known``."""
        path = self.path(table)
        return ((*path, key) for key in table if key not in known)

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        """The tables ``[name.…]`` by their names."""
        value = self.data.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
            raise self.fault(f"[{name}.…] must be tables, one for each.", self.data, name)
        return value

    def text(
        self, table: Mapping[str, Any], key: str, where: str, *, required: bool = False
    ) -> str | None:
        value = table.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f'{where} needs {key} = "…".', table, key)
        return value

    def currency(self, table: Mapping[str, Any], default: str) -> str:
        code = str(table.get("currency", default)).lower()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise self.fault(
                f"currency {code!r} is not a three-letter ISO code such as usd.", table, "currency"
            )
        return code

    def number(self, table: Mapping[str, Any], key: str, default: int, where: str) -> int:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fault(f"{where}: {key} must be a whole number, not {value!r}.", table, key)
        return value

    def switch(self, table: Mapping[str, Any], key: str, default: bool, where: str) -> bool:
        value = table.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(f"{where}: {key} must be true or false.", table, key)
        return value

    def texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fault(f"{where}: {key} must be a list of texts.", table, key)
        return tuple(value)

    def choice(
        self, table: Mapping[str, Any], key: str, default: str, known: tuple[str, ...], where: str
    ) -> str:
        value = table.get(key, default)
        if value not in known:
            raise self.fault(f"{where}: {key} {value!r} is none of {', '.join(known)}.", table, key)
        return str(value)


def _tables(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    items: Iterator[tuple[str | int, Any]]
    if isinstance(value, dict):
        if path:
            yield path, value
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    else:
        return
    for key, inner in items:
        yield from _tables(inner, (*path, key))


def _line_of(said: str) -> int | None:
    """The line that the TOML library's message ends in, as "(at line 3, column 5)"."""
    _, _, rest = said.rpartition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if number.isdecimal() else None
