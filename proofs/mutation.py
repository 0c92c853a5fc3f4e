"""Real-shaped events, spoilt."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.world.seed import build
from tests.sandbox.worlds import NOW, every_event
from tests.stripe import shapes

from .life import Life, Plot, Raw

Path = tuple[Any, ...]

HUGE = 10**30
DEEP = 300
ENUM = "hibernating"


def originals(customers: int, seed: int = 7) -> list[Raw]:
    """Events of a seeded world, of made-up lives, and old renderings of some."""
    sandbox = Sandbox(now=NOW, seed=seed, frozen=True)
    build(sandbox, customers=customers, months=3, seed=seed, now=NOW, full_days=20)
    found = [e for e in every_event(sandbox) if len(json.dumps(e)) < 30_000]
    sandbox.close()
    for number in range(max(customers // 10, 4)):
        found += Life(Plot(number, turns=16), f"f{number}").told
    old = [e for e in found if e["data"]["object"]["object"] in ("subscription", "invoice")]
    for each in old[:: max(len(old) // 60, 1)]:
        try:
            aged = shapes.aged(each["data"]["object"])
        except (KeyError, TypeError, AttributeError):
            continue  # a shape that the old version did not have
        found.append(each | {"api_version": "2020-08-27", "data": {"object": aged}})
    return found


def spoilt(found: Sequence[Raw], rng: random.Random) -> Iterator[bytes]:
    """Bodies without end, each an original with one to three faults."""
    names = sorted({e["data"]["object"].get("id") or "" for e in found})
    number = 0
    while True:
        number += 1
        event = copy.deepcopy(rng.choice(found)) | {"id": f"evt_spoilt_{number}"}
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
            event = _spoil(event, rng, names)
        body = json.dumps(event)
        yield _torn(body, rng) if rng.random() < 0.02 else _doubled(body, rng).encode()


def _spoil(event: Raw, rng: random.Random, names: Sequence[str]) -> Raw:
    places = [p for p in _paths(event) if p]
    # Most of an event is deep inside; faults near the top must come often enough too.
    place = rng.choice(places if rng.random() < 0.8 else [p for p in places if len(p) <= 3])
    if rng.random() < 0.15:
        return _without(event, place)
    old = _at(event, place)
    made = rng.choice(_FAULTS)(old, rng, names)
    return _with(event, place, made)


Fault = Callable[[Any, random.Random, Sequence[str]], Any]


def _another_type(old: Any, rng: random.Random, _: Sequence[str]) -> Any:
    kinds: list[Any] = ["text", 7, 7.5, True, [], {}, [None], [[1]], {"id": 5}, {"data": "x"}]
    return rng.choice([kind for kind in kinds if type(kind) is not type(old)])


def _deep(old: Any, rng: random.Random, _: Sequence[str]) -> Any:
    for _step in range(DEEP):
        old = [old] if rng.random() < 0.5 else {"x": old}
    return old


def _number(old: Any, rng: random.Random, _: Sequence[str]) -> Any:
    return rng.choice([HUGE, -HUGE, -1, 0, 2**31, 2**63, 10**15, float("nan"), float("inf"), 1e308])


def _text(old: Any, rng: random.Random, _: Sequence[str]) -> Any:
    odd = [
        "",
        " ",
        "\x00",
        "\ud800",
        "a\ud800\x00b",
        "x" * 20_000,
        "'; --",
        "=1+1",
        "\u202e",
        "NaN",
    ]
    return rng.choice([*odd, ENUM, "9" * 40, "-0", "1e5", "null", "\n\n", "ü" * 300])


def _wrong_id(old: Any, rng: random.Random, names: Sequence[str]) -> Any:
    return rng.choice([*rng.sample(list(names), min(3, len(names))), "cus_nobody", "sub_", "☃"])


def _longer(old: Any, rng: random.Random, _: Sequence[str]) -> Any:
    return old * rng.choice([0, 2, 30]) if isinstance(old, list) else [old, old]


_FAULTS: list[Fault] = [
    lambda old, rng, names: None,
    _another_type, _another_type, _number, _number, _text, _text, _wrong_id, _longer, _deep,
    lambda old, rng, names: -abs(old) if type(old) is int else ENUM,
]  # fmt: skip


def _torn(body: str, rng: random.Random) -> bytes:
    raw = body.encode()
    cut = rng.randrange(len(raw))
    return rng.choice([raw[:cut], raw[:cut] + b"\xff\xfe" + raw[cut:], b"", b"[]", b"null", b"1"])


def _doubled(body: str, rng: random.Random) -> str:
    """Now and then a key that is there twice."""
    if rng.random() > 0.03:
        return body
    name = rng.choice(["id", "object", "status", "customer", "data", "created", "items", "type"])
    return body.replace(f'"{name}":', f'"{name}": {rng.choice(["null", "5", "[]"])}, "{name}":', 1)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(event: Raw, path: Path, made: Any) -> Raw:
    _at(event, path[:-1])[path[-1]] = made
    return event


def _without(event: Raw, path: Path) -> Raw:
    del _at(event, path[:-1])[path[-1]]
    return event
