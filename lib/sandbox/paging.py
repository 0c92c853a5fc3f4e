"""Stripe's list answers: newest first, cursors by id, at most 100 a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from lib.sandbox import params as p
from lib.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from lib.sandbox.core import Sandbox
    from lib.sandbox.index import Row

Object = dict[str, Any]

DEFAULT_LIMIT = 10
LIMITS: p.Schema = {
    "limit": p.integer(minimum=1, maximum=100),
    "starting_after": p.reference(),
    "ending_before": p.reference(),
}


def listing(**filters: p.Field) -> p.Schema:
    """The schema of a list endpoint: its own filters and the paging parameters."""
    return {**filters, **LIMITS}


def in_range(value: int | None, wanted: Any) -> bool:
    """Whether ``value`` meets ``created=…`` or ``created[gte]=…``; no filter always holds."""
    if wanted is None:
        return True
    if value is None:
        return False
    if isinstance(wanted, int):
        return value == wanted
    return bool(
        value > wanted.get("gt", -1)
        and value >= wanted.get("gte", -1)
        and value < wanted.get("lt", value + 1)
        and value <= wanted.get("lte", value)
    )


def page(
    sandbox: Sandbox,
    kind: str,
    url: str,
    params: Object,
    *,
    customer: str | None = None,
    link: str | None = None,
    keep: Callable[[Object], bool] = lambda obj: True,
    row_filter: Callable[[Row], bool] | None = None,
) -> Object:
    """One page of the objects of ``kind`` that ``keep`` and the ``created`` filter let pass."""
    if customer is not None and sandbox.peek("deleted_customer", customer) is None:
        sandbox.get("customer", customer, param="customer")
    after, before = cursors(params)
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None:
            sandbox.get(kind, cursor, param=name)
    if row_filter is None and "created" in params:
        row_filter = _created_filter(params["created"])
    objects = sandbox.each(
        kind,
        customer=customer,
        link=link,
        after=after,
        before=before,
        oldest_first=before is not None,
        row_filter=row_filter,
    )
    wanted = (
        obj for obj in objects if in_range(obj.get("created"), params.get("created")) and keep(obj)
    )
    return _cut(wanted, url, params)


def page_of(items: list[Object], url: str, params: Object, kind: str) -> Object:
    """One page of a small list that is at hand, in its own order."""
    after, before = cursors(params)
    ids = [item["id"] for item in items]
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None and cursor not in ids:
            raise SandboxError.missing_resource(kind, cursor, param=name)
    if after is not None:
        items = items[ids.index(after) + 1 :]
    if before is not None:
        items = items[: ids.index(before)][::-1]
    return _cut(items, url, params)


def cursors(params: Object) -> tuple[str | None, str | None]:
    """(starting_after, ending_before); both at once are refused."""
    after, before = params.get("starting_after"), params.get("ending_before")
    if after is not None and before is not None:
        raise SandboxError(
            "You can't use both starting_after and ending_before.", param="ending_before"
        )
    return after, before


def list_object(items: list[Object], url: str, *, has_more: bool = False) -> Object:
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def _cut(items: Iterable[Object], url: str, params: Object) -> Object:
    limit = params.get("limit", DEFAULT_LIMIT)
    found = list(islice(items, limit + 1))
    data = found[:limit]
    if params.get("ending_before") is not None:
        data.reverse()
    return list_object(data, url, has_more=len(found) > limit)


def _created_filter(wanted: Any) -> Callable[[Row], bool]:
    return lambda row: in_range(row.key[0], wanted)
