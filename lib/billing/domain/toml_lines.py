"""On which line of a TOML text each table and key stands; the standard library does not tell."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from .plans import Path

_PART: Final = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_QUOTES: Final = ('"""', "'''", '"', "'")


def lines_of(text: str) -> dict[Path, int]:
    """Path -> line (from 1), for a text that is valid TOML.

    An element of an array of tables has its index in the path. What stands inside a value (an
    inline table, an element of a list) has no line of its own.
    """
    found: dict[Path, int] = {}
    seen: dict[Path, int] = defaultdict(int)  # array of tables -> elements so far
    table: Path = ()
    open_value = _OpenValue()
    for number, line in enumerate(text.splitlines(), 1):
        if open_value.continues(line):
            continue
        stripped = line.strip()
        if stripped.startswith("[["):
            path = _indexed(_parts(stripped[2:]), seen)
            table = (*path, seen[path])
            seen[path] += 1
            found.setdefault(path, number)
            found[table] = number
        elif stripped.startswith("["):
            table = _indexed(_parts(stripped[1:]), seen)
            found.setdefault(table, number)
        elif stripped and not stripped.startswith("#"):
            names, rest = _key(stripped)
            for length in range(1, len(names) + 1):
                found.setdefault((*table, *names[:length]), number)
            open_value.begins(rest)
    return found


def _indexed(parts: list[str], seen: dict[Path, int]) -> Path:
    """The path of a header: inside an array of tables it means the newest element."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if position < len(parts) - 1 and seen.get(path):
            path = (*path, seen[path] - 1)
    return path


def _parts(text: str) -> list[str]:
    return _key(text)[0]


def _key(text: str) -> tuple[list[str], str]:
    """(the dotted parts of a key at the beginning of ``text``, what follows it)."""
    parts: list[str] = []
    position = 0
    while match := _PART.match(text, position):
        double, single, bare = match.groups()
        parts.append(double if double is not None else single if single is not None else bare)
        position = match.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return parts, text[position:]


class _OpenValue:
    """A value that goes on over several lines: its brackets and long texts are not yet closed."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote: str | None = None

    def begins(self, rest: str) -> None:
        self._depth, self._quote = 0, None
        self._read(rest)

    def continues(self, line: str) -> bool:
        if not self._depth and self._quote is None:
            return False
        self._read(line)
        return True

    def _read(self, text: str) -> None:
        position = 0
        while position < len(text):
            if self._quote is not None:
                position = self._inside(text, position)
                continue
            quote = next((q for q in _QUOTES if text.startswith(q, position)), None)
            if quote is not None:
                self._quote = quote
                position += len(quote)
            elif text[position] == "#":
                return
            else:
                self._depth += (text[position] in "[{") - (text[position] in "]}")
                position += 1
        if self._quote is not None and len(self._quote) == 1:
            self._quote = None  # a short text ends with its line

    def _inside(self, text: str, position: int) -> int:
        quote = self._quote or ""
        if quote.startswith('"') and text[position] == "\\":
            return position + 2
        if text.startswith(quote, position):
            self._quote = None
            return position + len(quote)
        return position + 1
