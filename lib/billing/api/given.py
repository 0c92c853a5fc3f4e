"""What a JSON body gives: texts by name, for whom, and who acts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from starlette.requests import Request

from .answers import Refused
from .bodies import read_at_most

LARGEST_BODY: Final = 16 * 1024


async def object_of(request: Request, known: Collection[str]) -> Mapping[str, Any]:
    """The JSON object of a body. Raises Refused: 400, 413, 422 for a name that is not known."""
    body = await read_at_most(request, LARGEST_BODY)
    if body is None:
        raise Refused(413, "body_too_large", "A body may have 16 KiB at most.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Refused(400, "body_invalid", "The body is no JSON object.")
    if unknown := sorted(given.keys() - set(known)):
        listed = ", ".join(sorted(known))
        raise Refused(422, "wrong_usage", f"{unknown[0]!r} is not known. Known are: {listed}.")
    return given


def text_of(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(422, "wrong_usage", f"{name} is a text.")
    return (value or "").strip() or None


def permissions_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The acting member's."""
    given = body.get("permissions", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise Refused(422, "wrong_usage", "permissions is a list of texts.")
    return tuple(given)


def member_of(body: Mapping[str, Any]) -> str:
    """Who acts, after it was said for whom: either an organization or a customer."""
    member = text_of(body, "member")
    if not member:
        raise Refused(422, "member_required", "Say which member acts: member.")
    if bool(text_of(body, "org")) == bool(text_of(body, "customer")):
        raise Refused(422, "customer_required", "Say for whom: either org or customer.")
    return member
