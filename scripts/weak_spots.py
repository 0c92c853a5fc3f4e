"""What bandit finds beyond what is excused on its line, with a reason, for ruff.

The two know the same rules (B608 is S608). One set of reasons serves both: an exception is a
``noqa: S…`` on the statement, or a rule that `pyproject.toml` leaves out for its folder. What
bandit alone sees is excused by its own ``nosec``. 0 when nothing else is found.
"""

from __future__ import annotations

import ast
import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ("lib", "dashboard", "pages")
_NOQA = re.compile(r"#\s*noqa:\s*([A-Z0-9, ]+)")


def main() -> int:
    found = list(weak(_findings(JUDGED), _left_out()))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def weak(findings: Sequence[Mapping[str, Any]], left_out: Mapping[str, set[str]]) -> Iterator[str]:
    """A line for each finding that nobody excused. ``left_out``: pattern of files -> rules."""
    for each in findings:
        path, rule = str(each["filename"]).removeprefix("./"), f"S{each['test_id'][1:]}"
        if any(rule in rules and fnmatch.fnmatch(path, p) for p, rules in left_out.items()):
            continue
        if rule not in _excused(ROOT / path, int(each["line_number"])):
            yield f"{path}:{each['line_number']}: {rule} {each['issue_text']}"


def _excused(path: Path, line: int) -> set[str]:
    """The rules that a ``noqa`` names anywhere on the statement around ``line``."""
    text, tree = _read(path)
    lines = text.splitlines()
    first, last = _statement(tree, line)
    told = (_NOQA.search(text) for text in lines[first - 1 : last])
    return {rule.strip() for found in told if found for rule in found[1].split(",")}


@cache
def _read(path: Path) -> tuple[str, ast.AST]:
    text = path.read_text("utf-8")
    return text, ast.parse(text)


def _statement(tree: ast.AST, line: int) -> tuple[int, int]:
    """First and last line of the smallest statement that holds ``line``; of a block its head."""
    best = (line, line)
    size = sys.maxsize
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or node.end_lineno is None:
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
        if node.lineno <= line <= last and last - node.lineno < size:
            best, size = (node.lineno, last), last - node.lineno
    return best


def _left_out() -> dict[str, set[str]]:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    everywhere = {"*": set(lint["ignore"])}
    return everywhere | {p: set(rules) for p, rules in lint["per-file-ignores"].items()}


def _findings(folders: Sequence[str]) -> list[dict[str, Any]]:
    ended = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        raise SystemExit(f"bandit did not run: {ended.stderr[-400:]}") from None
    if told["errors"]:
        raise SystemExit(f"bandit could not read everything: {told['errors'][:2]}")
    return list(told["results"])


if __name__ == "__main__":
    sys.exit(main())
