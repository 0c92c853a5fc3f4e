"""A small declarative schema for request parameters, as strict as Stripe.

A schema maps parameter names to fields: ``{"email": text(), "items": array({"price": text()})}``.
``parse`` turns the strings of a form into typed values or raises SandboxError (400). An empty
string unsets: a field with ``clear=True`` yields ``None`` for it, every other one refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lib.sandbox.errors import SandboxError

Schema = Mapping[str, "Field"]

MOST_METADATA = 50
LAST_SECOND = 32_503_680_000
"""The year 3000: later seconds are typing errors, and calendars end soon after."""


@dataclass(frozen=True)
class Field:
    """One parameter: ``read(value, path)`` types it; ``clear`` says that "" means unset."""

    read: Callable[[Any, str], Any]
    required: bool = False
    clear: bool = False


def parse(schema: Schema, values: Any, prefix: str = "") -> dict[str, Any]:
    """Typed values of ``values`` by ``schema``; ``prefix`` is the bracketed path so far."""
    if not isinstance(values, dict):
        raise SandboxError(f"Invalid object: {prefix}", code=None, param=prefix)
    unknown = [_join(prefix, name) for name in values if name not in schema]
    if unknown:
        raise SandboxError.unknown_parameters(unknown)
    parsed: dict[str, Any] = {}
    for name, field in schema.items():
        path = _join(prefix, name)
        if name not in values:
            if field.required:
                raise SandboxError.missing_parameter(path)
        elif values[name] == "":
            if not field.clear:
                raise SandboxError.empty_parameter(path)
            parsed[name] = None
        else:
            parsed[name] = field.read(values[name], path)
    return parsed


def text(*, required: bool = False, clear: bool = True, limit: int = 5000) -> Field:
    """A string of at most ``limit`` characters."""

    def read(value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise SandboxError("Invalid string: must be a string.", param=path)
        if len(value) > limit:
            raise SandboxError(
                f"Invalid string: {value[:20]}...{value[-8:]}; must be at most {limit} characters",
                param=path,
            )
        return value

    return Field(read, required, clear)


def reference(*, required: bool = False, clear: bool = False) -> Field:
    """An id of another object."""
    return text(required=required, clear=clear)


def integer(
    *,
    required: bool = False,
    clear: bool = False,
    minimum: int | None = None,
    maximum: int | None = None,
) -> Field:
    """A whole number of at most twelve digits, as long as Stripe's longest amounts."""

    def read(value: Any, path: str) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[+-]?[0-9]{1,12}", value):
            raise SandboxError(
                f"Invalid integer: {value}", code="parameter_invalid_integer", param=path
            )
        number = int(value)
        if minimum is not None and number < minimum:
            raise SandboxError(
                f"This value must be greater than or equal to {minimum}.",
                code="parameter_invalid_integer",
                param=path,
            )
        if maximum is not None and number > maximum:
            raise SandboxError(
                f"This value must be less than or equal to {maximum} (it currently is '{number}').",
                code="parameter_invalid_integer",
                param=path,
            )
        return number

    return Field(read, required, clear)


def timestamp(*, required: bool = False, clear: bool = False) -> Field:
    """Unix seconds."""
    return integer(required=required, clear=clear, minimum=0, maximum=LAST_SECOND)


def boolean(*, required: bool = False) -> Field:
    def read(value: Any, path: str) -> bool:
        if value not in ("true", "false"):
            raise SandboxError(f"Invalid boolean: {value}", param=path)
        return bool(value == "true")

    return Field(read, required)


def decimal(*, required: bool = False, clear: bool = False) -> Field:
    """A decimal number, kept as ``Decimal``."""

    def read(value: Any, path: str) -> Decimal:
        try:
            number = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise SandboxError(f"Invalid decimal: {value}", param=path) from None
        if not number.is_finite() or not -20 <= number.adjusted() < 12:
            raise SandboxError(f"Invalid decimal: {value}", param=path)
        return number

    return Field(read, required, clear)


def enum(*names: str, required: bool = False, clear: bool = False) -> Field:
    def read(value: Any, path: str) -> str:
        if value not in names:
            raise SandboxError(f"Invalid {path}: must be {_alternatives(names)}", param=path)
        return str(value)

    return Field(read, required, clear)


def integer_or(*names: str, clear: bool = False) -> Field:
    """A unix second (or any integer), or one of the words ``names``."""

    def read(value: Any, path: str) -> int | str:
        if value in names:
            return str(value)
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise SandboxError(
                f"Invalid {path}: must be an integer or {_alternatives(names)}", param=path
            )
        if abs(int(value)) > LAST_SECOND:
            raise SandboxError(f"Invalid {path}: {value} is too far away.", param=path)
        return int(value)

    return Field(read, clear=clear)


def obj(schema: Schema, *, required: bool = False, clear: bool = False) -> Field:
    """A nested object with its own schema."""

    def read(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise SandboxError("Invalid object", param=path)
        return parse(schema, value, path)

    return Field(read, required, clear)


def one_of(scalar: Field, nested: Schema) -> Field:
    """Either a scalar or an object, e.g. ``created=5`` or ``created[gte]=5``."""
    objects = obj(nested)

    def read(value: Any, path: str) -> Any:
        return (objects if isinstance(value, dict) else scalar).read(value, path)

    return Field(read, clear=scalar.clear)


def array(
    of: Field | Schema, *, required: bool = False, clear: bool = False, limit: int = 1000
) -> Field:
    """A list of fields or of objects."""
    element = of if isinstance(of, Field) else obj(of)

    def read(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise SandboxError("Invalid array", param=path)
        if len(value) > limit:
            raise SandboxError(
                f"Array {path} exceeded maximum {limit} allowed elements.", param=path
            )
        for index, item in enumerate(value):
            if item == "" and not element.clear:
                raise SandboxError.empty_parameter(f"{path}[{index}]")
        return [element.read(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return Field(read, required, clear)


def metadata(*, clear: bool = True) -> Field:
    """Strings by key; an empty string removes a key, an empty ``metadata`` removes all (None)."""

    def read(value: Any, path: str) -> dict[str, str | None]:
        if isinstance(value, list):
            value = {str(index): item for index, item in enumerate(value)}
        if not isinstance(value, dict):
            raise SandboxError("Invalid object", param=path)
        for key, item in value.items():
            if not isinstance(item, str):
                raise SandboxError("Metadata values must be strings.", param=f"{path}[{key}]")
            if len(key) > 40 or len(item) > 500:
                raise SandboxError(
                    "Metadata keys can have up to 40 characters and values up to 500.",
                    param=f"{path}[{key}]",
                )
        return {key: item or None for key, item in value.items()}

    return Field(read, clear=clear)


def unsupported() -> Field:
    """Stripe knows it, the sandbox refuses it plainly instead of ignoring it."""

    def read(value: Any, path: str) -> Any:
        raise SandboxError.unsupported_parameter(path)

    return Field(read, clear=True)


def switched_off() -> Field:
    """An object with ``enabled``: false is how things are, true is not implemented."""
    known = obj({"enabled": boolean(required=True)})

    def read(value: Any, path: str) -> dict[str, Any]:
        given: dict[str, Any] = known.read(value, path)
        if given["enabled"]:
            raise SandboxError.unsupported_parameter(f"{path}[enabled]")
        return given

    return Field(read)


def created_range() -> Field:
    """``created``: a second, or a range of gt, gte, lt, lte."""
    return one_of(
        timestamp(),
        {"gt": timestamp(), "gte": timestamp(), "lt": timestamp(), "lte": timestamp()},
    )


def address(*, clear: bool = True) -> Field:
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return obj({name: text() for name in names}, clear=clear)


def unsupported_all(*names: str) -> dict[str, Field]:
    """A schema part that refuses each of ``names`` plainly."""
    return {name: unsupported() for name in names}


def merge_metadata(current: dict[str, str], change: dict[str, str | None] | None) -> dict[str, str]:
    """Stripe's rule: given keys are set, keys given as None go, ``None`` clears all."""
    if change is None:
        return {}
    merged: dict[str, str | None] = {**current, **change}
    kept = {key: value for key, value in merged.items() if value is not None}
    if len(kept) > MOST_METADATA:
        raise SandboxError(
            f"Metadata can have up to {MOST_METADATA} keys; this would make {len(kept)}.",
            param="metadata",
        )
    return kept


def _join(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _alternatives(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} or {names[-1]}"
