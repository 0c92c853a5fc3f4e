"""What the dashboard says, against what its catalogues translate.

    python scripts/strings.py missing [PATH…]   entries to fill in, as a PO file has them
    python scripts/strings.py check             what is wrong, one line each; exit 1 if anything is

Run from the project's root. The texts of numbers (metrics and the fields of reports) come from
their registries: `missing lib/billing/domain/metrics` and `missing lib/billing/reports`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "dashboard" / "locales"
SHOWN = {"tr": 1, "mark": 1, "ntr": 2}
SOURCES = {
    "dashboard": SHOWN,
    "pages": SHOWN,
    "lib/billing/domain": {"said": 1},
    "lib/billing/showing": {"said": 1},
}
"""Folder → the functions whose first one or two arguments are texts."""
FROM_DATA = "from data"
"""Comment of an entry whose English is no literal: a slug made into words."""

Text = str | tuple[str, ...]


@dataclass(frozen=True)
class Use:
    text: Text
    path: str
    line: int


@cache
def used() -> tuple[Use, ...]:
    """Every text that is translated, and where it stands."""
    return tuple(_used())


def _used() -> Iterator[Use]:
    for folder, functions in SOURCES.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    for text in _texts(node, functions.get(node.func.id, 0)):
                        yield Use(text, str(path.relative_to(ROOT)), node.lineno)
    yield from registered()


def _texts(call: ast.Call, number: int) -> Iterator[Text]:
    """What ``call`` says: its first argument, or its first two as one and many."""
    found = [list(_literals(part)) for part in call.args[:number]]
    if number == 1:
        yield from (text for texts in found for text in texts)
    elif number == 2 and all(found):
        yield found[0][0], found[1][0]


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts that ``node`` can be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _literals(node.body)
            yield from _literals(node.orelse)


def registered() -> Iterator[Use]:
    """Names and definitions of numbers, of the fields of reports those that pages name."""
    sys.path.insert(0, str(ROOT))
    from lib.billing import METRICS, REPORTS

    named = set(_named())
    for metric in METRICS.values():
        for text in (metric.label, metric.definition):
            yield Use(text, "lib/billing/domain/metrics", 0)
    for report in REPORTS.values():
        for field in report.fields:
            if field.definition and (report.name, field.name) in named:
                yield Use(field.definition, "lib/billing/reports", 0)


def _named() -> Iterator[tuple[str, str]]:
    for folder in ("dashboard", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            yield from re.findall(r'"([\w-]+)\.(\w+)"', path.read_text(encoding="utf-8"))


def entries(language: str) -> Iterator[tuple[Path, Message]]:
    """What the catalogues of ``language`` hold."""
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    yield path, message


def names(text: object) -> set[str]:
    """The values that a text asks for."""
    parts = text if isinstance(text, (tuple, list)) else (str(text),)
    return {name for part in parts for name in re.findall(r"\{(\w+)\}", part)}


def missing(language: str, places: tuple[str, ...]) -> Iterator[Use]:
    """What no catalogue translates, of the files beneath ``places``."""
    told = {message.id for _, message in entries(language) if _complete(message)}
    for use in used():
        if use.text not in told and (not places or use.path.startswith(places)):
            told.add(use.text)
            yield use


def faults(language: str) -> Iterator[str]:
    """What is wrong with the catalogues of ``language``, one sentence each."""
    uses = {use.text for use in used()}
    seen: dict[str, tuple[str, object]] = {}
    for path, message in entries(language):
        where = path.name
        one = message.id if isinstance(message.id, str) else message.id[0]
        if not _complete(message):
            yield f"{where}: {one!r} is not translated"
        elif names(message.id) != names(message.string):
            yield f"{where}: {one!r} has other values in its translation"
        if message.id not in uses and FROM_DATA not in message.auto_comments:
            yield f"{where}: {one!r} is said nowhere"
        before = seen.setdefault(one, (where, message.string))
        if before != (where, message.string):
            yield f"{where}: {one!r} is also in {before[0]}, as {before[1]!r}"
        if message.fuzzy:
            yield f"{where}: {one!r} is marked as fuzzy"
    for use in missing(language, ()):
        yield f"{use.path}:{use.line}: {use.text!r} is not translated"


def _complete(message: Message) -> bool:
    told = message.string
    return all(told) if isinstance(told, (tuple, list)) else bool(told)


def main() -> int:
    match sys.argv[1:]:
        case ["missing", *places]:
            catalog = Catalog(locale="de", header_comment="")
            for use in missing("de", tuple(places)):
                catalog.add(use.text, locations=[(use.path, use.line)])
            out = BytesIO()
            write_po(out, catalog, omit_header=True, width=100, include_lineno=False)
            sys.stdout.write(out.getvalue().decode())
            return 0
        case ["check"]:
            wrong = list(faults("de"))
            sys.stdout.write("".join(f"{line}\n" for line in wrong))
            return bool(wrong)
    sys.stderr.write(__doc__ or "")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
