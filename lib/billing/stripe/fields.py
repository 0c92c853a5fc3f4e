"""Typed reading of Stripe's JSON: every fault is one sentence naming the field.

A missing key and a null read alike (None). A value of the wrong type is refused, never converted:
"2900" for an integer means that whoever wrote the payload is not Stripe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NoReturn

from ..domain.errors import EventUnusable

Raw = dict[str, Any]
Path = tuple[Any, ...]
"""Where an object stands: (where its holder stands, key), in a list also its index; () at the top.
"""

LATEST_MOMENT: Final = 253_402_300_799  # the last second of the year 9999
LARGEST_NUMBER: Final = 10**15  # beyond it sums of 64-bit columns could overflow
LONGEST_TEXT: Final = 5_000
LONGEST_WORD: Final = 255
_DECIMAL: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")

_NAMES: Final[dict[type, str]] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a decimal number",
    list: "a list",
    dict: "an object",
}


class Fields:
    """One JSON object and where it stands, e.g. ``subscription sub_1, items.data[0]``."""

    __slots__ = ("_owner", "_path", "raw")

    def __init__(self, raw: Raw, owner: str, path: Path = ()) -> None:
        self.raw = raw
        self._owner = owner
        self._path = path

    def refuse(self, key: str, expected: str, value: object) -> NoReturn:
        """Raise :class:`EventUnusable`; the value itself may be a secret or hostile, so only its
        type is told."""
        found = _NAMES.get(type(value), "missing" if value is None else "something else")
        told = "it is missing" if value is None else f"not {found}"
        where = _spelled((self._path, key))
        raise EventUnusable(
            f"The {self._owner} cannot be read: {where} should be {expected}, {told}."
        )

    def __contains__(self, key: str) -> bool:
        return self.raw.get(key) is not None

    def text(self, key: str, limit: int = LONGEST_TEXT) -> str | None:
        """Free text; blank is None. NUL and lone surrogates, which no database takes, become �."""
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is not str:
            self.refuse(key, "a text", value)
        if not value:
            return None
        if len(value) > limit:
            self.refuse(key, f"at most {limit} characters long", value)
        return value if value.isascii() and "\x00" not in value else _storable(value)

    def word(self, key: str) -> str | None:
        """A short text: an enum (open: unknown ones pass), a code, a number."""
        return None if self.raw.get(key) is None else self.text(key, LONGEST_WORD)

    def currency(self, key: str) -> str | None:
        value = self.word(key)
        return None if value is None else value.lower()

    def ident(self, key: str) -> str | None:
        """An id, given bare or as the expanded object."""
        value = self.raw.get(key)
        if type(value) is dict:
            value = value.get("id")
        if value is None:
            return None
        if type(value) is not str:
            self.refuse(key, "an id or an object with an id", value)
        if not value:
            return None
        if len(value) > LONGEST_WORD or not value.isprintable():
            self.refuse(key, f"an id of at most {LONGEST_WORD} printable characters", value)
        return value

    def own_id(self) -> str:
        """The object's ``id``.

        Raises:
            EventUnusable: it has none.
        """
        value = self.ident("id")
        if value is None or type(self.raw["id"]) is not str:
            self.refuse("id", "an id", self.raw.get("id"))
        return value

    def whole(self, key: str) -> int | None:
        """A whole number: an amount in minor units, a count."""
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is not int:
            self.refuse(key, "a whole number", value)
        if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            self.refuse(key, f"between -{LARGEST_NUMBER} and {LARGEST_NUMBER}", value)
        return value

    def moment(self, key: str) -> int | None:
        """Unix seconds UTC."""
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value <= LATEST_MOMENT:
            self.refuse(key, "a time in unix seconds before the year 10000", value)
        return value

    def moments(self, *keys: str) -> dict[str, int | None]:
        """Several at once, by key."""
        get = self.raw.get
        found = {key: get(key) for key in keys}
        for key, value in found.items():
            if value is not None and (type(value) is not int or not 0 <= value <= LATEST_MOMENT):
                self.moment(key)
        return found

    def words(self, *keys: str) -> dict[str, str | None]:
        """Several at once, by key."""
        get = self.raw.get
        return {key: None if get(key) is None else self.text(key, LONGEST_WORD) for key in keys}

    def flag(self, key: str) -> bool:
        """A boolean; missing and null are false."""
        value = self.raw.get(key)
        if value is None:
            return False
        if type(value) is not bool:
            self.refuse(key, "true or false", value)
        return value

    def decimal(self, key: str) -> str | None:
        """A decimal in its shortest plain spelling: "2900.00", "2.9e3" and 2900 are all "2900"."""
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is int and 0 <= value <= LARGEST_NUMBER:
            return str(value)
        if type(value) is str and value.isdecimal() and value.isascii() and len(value) <= 15:
            return value.lstrip("0") or "0"
        if type(value) in (int, float) and not abs(value) <= LARGEST_NUMBER:
            self.refuse(key, "a finite decimal number of ordinary size", value)
        if type(value) not in (int, float, str) or not _DECIMAL.fullmatch(spelt := str(value)):
            self.refuse(key, "a decimal number", value)
        number = Decimal(spelt)
        if not -15 <= number.adjusted() <= 15:
            self.refuse(key, "a decimal number of ordinary size", value)
        return format(number.normalize() + 0, "f")

    def child(self, key: str) -> Fields | None:
        """A nested object, or None."""
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is not dict:
            self.refuse(key, "an object", value)
        return Fields(value, self._owner, (self._path, key))

    def inside(self, key: str) -> Fields:
        """A nested object; an empty one when there is none, so that its fields read as None."""
        return self.child(key) or Fields({}, self._owner, ((), key))

    def elements(self, key: str) -> list[Any]:
        """A list, given bare or as Stripe's list object; none is empty."""
        value = self.raw.get(key)
        if type(value) is dict:
            value = value.get("data")
        if value is None:
            return []
        if type(value) is not list:
            self.refuse(key, "a list", value)
        return value

    def children(self, key: str) -> Iterator[Fields]:
        """The objects of a list."""
        for index, value in enumerate(self.elements(key)):
            if type(value) is not dict:
                self.refuse(f"{key}[{index}]", "an object", value)
            yield Fields(value, self._owner, (self._path, key, index))


def _spelled(path: Path) -> str:
    """``items.data[0].price``; paths are spelled only where something is refused."""
    outer, key, *index = path
    name = f"{key}[{index[0]}]" if index else key
    return f"{_spelled(outer)}.{name}" if outer else name


def expanded(raw: Raw, key: str, object_name: str) -> Raw | None:
    """The object under ``key`` when it is there in full rather than as an id."""
    value = raw.get(key)
    if type(value) is dict and value.get("object") == object_name:
        return value
    return None


def _storable(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "�")
