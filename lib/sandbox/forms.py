"""Stripe's form encoding: bracketed keys with numeric or empty indexes, in bodies and queries."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from lib.sandbox.errors import SandboxError

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_INDEX = re.compile(r"[0-9]{1,9}")
MAX_DEPTH = 8


def parse_form(text: str) -> dict[str, Any]:
    """Nested dicts, lists and strings from ``a[b][0][c]=x&a[d][]=y``.

    Raises SandboxError (400) for a key that is not well formed or that is both a value and a
    container.
    """
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        match = _KEY.match(key)
        if match is None:
            raise SandboxError(f"Invalid parameter name: {key}", param=key)
        path = [match[1], *_PART.findall(match[2])]
        if len(path) > MAX_DEPTH:
            raise SandboxError(f"Parameter is nested too deeply: {key}", param=key)
        _insert(tree, path, value, key)
    return {name: _listed(value) for name, value in tree.items()}


def _insert(tree: dict[str, Any], path: list[str], value: str, key: str) -> None:
    node = tree
    for depth, part in enumerate(path[:-1]):
        name = part if part else _place(node, path[depth + 1])
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise SandboxError(f"Parameter is both a value and a container: {key}", param=key)
        node = child
    leaf = path[-1] if path[-1] else str(len(node))
    if isinstance(node.get(leaf), dict):
        raise SandboxError(f"Parameter is both a value and a container: {key}", param=key)
    node[leaf] = value


def _place(node: dict[str, Any], following: str) -> str:
    """Where ``[]`` goes: into the last element until that has ``following``, then a new one."""
    last = node.get(str(len(node) - 1))
    opened = isinstance(last, dict) and following and following not in last
    return str(len(node) - 1 if opened else len(node))


def _listed(node: Any) -> Any:
    """Dicts whose keys are all indexes become lists, in index order."""
    if not isinstance(node, dict):
        return node
    if node and all(_INDEX.fullmatch(name) for name in node):
        return [_listed(node[name]) for name in sorted(node, key=int)]
    return {name: _listed(value) for name, value in node.items()}
