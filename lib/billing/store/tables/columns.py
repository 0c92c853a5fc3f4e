"""The kinds of columns that tables have. Times are unix seconds UTC, money is minor units."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def maybe_text(name: str) -> Column[str]:
    return Column(name, Text)


def number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def maybe_number(name: str) -> Column[int]:
    return Column(name, BigInteger)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def serial(name: str) -> Column[int]:
    # SQLite counts by itself only for a column declared INTEGER PRIMARY KEY.
    return Column(
        name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
