"""Frozen values that are made by the dozen for every event.

Python's frozen dataclass sets each field by a call, which was a seventh of the time of taking an
event in. Here the type checker keeps them frozen, and at run time they are plain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """As `dataclasses.dataclass`: equal, and hashed, by their fields."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
