"""Sentences as plain values and back, so that what was said once can be kept and said again."""

from __future__ import annotations

from typing import Any, Final

from .said import Count, Day, Money, Said, Share

_KINDS: Final[dict[str, Any]] = {"day": Day, "money": Money, "count": Count, "share": Share}


def plain(value: Any) -> Any:
    """A sentence, or a value in one, as JSON can hold it. Raises TypeError for anything else."""
    if isinstance(value, Said):
        return {
            "said": value.template,
            "values": {name: plain(held) for name, held in value.values.items()},
            "parts": [plain(part) for part in value.parts],
            "between": value.between,
            "end": value.end,
        }
    if value is None or isinstance(value, str | int):
        return value
    for kind, made in _KINDS.items():
        if isinstance(value, made):
            return {kind: [getattr(value, name) for name in made.__dataclass_fields__]}
    raise TypeError(f"{type(value).__name__} is in no sentence.")


def again(value: Any) -> Any:
    """What :func:`plain` was given."""
    if not isinstance(value, dict):
        return value
    if "said" in value:
        return Said(
            value["said"],
            {name: again(held) for name, held in value["values"].items()},
            tuple(again(part) for part in value["parts"]),
            value["between"],
            value["end"],
        )
    [(kind, held)] = value.items()
    return _KINDS[kind](*held)
