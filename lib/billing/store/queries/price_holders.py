"""How many hold each price on a live subscription, counted by the database, and who they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    case,
    cast,
    column,
    func,
    select,
    true,
)

from ..spelling import spell
from ..tables import customers as c
from ..tables import subscriptions as s
from .columns import by_bytes


def counted(connection: Connection) -> list[RowMapping]:
    """``price, currency, lookup_key, product, customers, subscriptions, mrr_minor, unvalued``.

    By price and currency, as `holders.prices_in_use` counts them. Every item of every live
    subscription is read, in the database alone.
    """
    item = _items(connection)
    value = case((item["licensed"], item["value_minor"]))
    lines = (
        select(
            s.c.customer_id,
            s.c.currency,
            s.c.mrr_minor,
            item["price"].label("price"),
            func.max(item["lookup_key"]).label("lookup_key"),
            func.max(item["product"]).label("product"),
            func.coalesce(func.sum(value), 0).label("value"),
            func.sum(case((item["licensed"] & item["value_minor"].is_(None), 1), else_=0)).label(
                "unknown"
            ),
        )
        .select_from(s.join(item["from"], true()))
        .where(s.c.live)
        .group_by(s.c.subscription_id, s.c.customer_id, s.c.currency, s.c.mrr_minor, item["price"])
        .subquery("lines")
    )
    unvalued = lines.c.mrr_minor.is_(None) | (lines.c.unknown > 0)
    query = select(
        lines.c.price,
        lines.c.currency,
        func.max(lines.c.lookup_key).label("lookup_key"),
        func.max(lines.c.product).label("product"),
        func.count(lines.c.customer_id.distinct()).label("customers"),
        func.count().label("subscriptions"),
        # What is outside MRR, such as a trial, adds nothing.
        func.sum(case((~unvalued & (lines.c.mrr_minor != 0), lines.c.value), else_=0)).label(
            "mrr_minor"
        ),
        func.sum(case((unvalued, 1), else_=0)).label("unvalued"),
    )
    query = query.group_by(lines.c.price, lines.c.currency).order_by(
        by_bytes(lines.c.price), by_bytes(lines.c.currency)
    )
    return list(connection.execute(query).mappings())


def page(connection: Connection, price_id: str, limit: int, offset: int) -> list[RowMapping]:
    """One page of the live subscriptions that have ``price_id``, the largest MRR first."""
    query = _holding(
        connection,
        price_id,
        s.c.customer_id,
        c.c.org_id,
        c.c.email,
        c.c.name,
        s.c.subscription_id,
        s.c.plan,
        s.c.interval,
        s.c.interval_count,
        s.c.status,
        s.c.winding_down,
        s.c.mrr_minor,
        s.c.currency,
        s.c.start_date,
    ).order_by(s.c.mrr_minor.desc().nulls_last(), by_bytes(s.c.subscription_id))
    return list(connection.execute(query.limit(limit).offset(offset)).mappings())


def total(connection: Connection, price_id: str) -> int:
    """How many live subscriptions have ``price_id``."""
    return int(connection.execute(_holding(connection, price_id, func.count())).scalar_one())


def customers(connection: Connection, price_id: str) -> int:
    """How many customers have ``price_id`` on a live subscription, each once."""
    each = func.count(s.c.customer_id.distinct())
    return int(connection.execute(_holding(connection, price_id, each)).scalar_one())


def _holding(connection: Connection, price_id: str, *columns: Any) -> Select[Any]:
    # The canonical text of an item's price: quicker than taking every list apart.
    said = f'"price":{spell(price_id)}'
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    joined = s.outerjoin(c, c.c.customer_id == s.c.customer_id)
    return select(*columns).select_from(joined).where(s.c.live, place(s.c["items"], said) > 0)


def _items(connection: Connection) -> dict[str, Any]:
    """The items of a subscription as a table of their own (``from``), and what each says."""
    names = ("price", "lookup_key", "product", "value_minor")
    found: dict[str, Any]
    if connection.dialect.name == "sqlite":
        each = func.json_each(s.c["items"]).table_valued("value", name="item")
        found = {name: func.json_extract(each.c.value, f"$.{name}") for name in names}
        licensed: ColumnElement[bool] = func.json_extract(each.c.value, "$.licensed") == 1
    else:
        listed = cast(s.c["items"], JSON)
        each = func.json_array_elements(listed).table_valued(column("value", JSON), name="item")
        found = {name: each.c.value[name].as_string() for name in names}
        found["value_minor"] = cast(found["value_minor"], BigInteger)
        licensed = each.c.value["licensed"].as_string() == "true"
    return found | {"licensed": licensed, "from": each}
