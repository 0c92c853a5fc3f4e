"""What staff chose before goes; what they chose last stays."""

from __future__ import annotations

from sqlalchemy import func, select

from lib.billing.store import staff_choices, tables
from lib.billing.store.engine import Store
from lib.billing.tidy import tidy
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)


def chosen(store: Store, *made: tuple[str, str, str]) -> None:
    with store.writing() as connection:
        for at, (staff, name, value) in enumerate(made):
            staff_choices.add(connection, staff, name, value, at)


def count(store: Store) -> int:
    with store.reading() as connection:
        found = connection.execute(select(func.count()).select_from(tables.staff_choices))
        return int(found.scalar_one())


def of(store: Store, staff: str) -> dict[str, str]:
    with store.reading() as connection:
        return staff_choices.of(connection, staff)


def test_the_newest_of_each_person_and_name_stays(store: Store) -> None:
    chosen(
        store,
        ("ann", "language", "en"),
        ("ben", "language", "de"),
        ("ann", "language", "de"),
        ("ann", "tour", "left"),
        ("ben", "last_here", "9"),
        ("ben", "last_here", "3"),  # written last, so it counts
    )
    before = {name: of(store, name) for name in ("ann", "ben")}
    assert tidy(store) == 2
    assert {name: of(store, name) for name in ("ann", "ben")} == before
    assert before["ben"] == {"language": "de", "last_here": "3"}
    assert (count(store), tidy(store)) == (4, 0)


def test_a_year_of_visits_is_one_row_afterwards(store: Store) -> None:
    chosen(store, *(("ann", "last_here", str(n)) for n in range(57)))
    assert tidy(store, at_once=10) == 56
    assert (count(store), of(store, "ann")) == (1, {"last_here": "56"})


def test_the_receivers_role_may_and_the_dashboards_goes_on_adding(
    roles: Roles,  # noqa: F811
) -> None:
    for value in ("1", "2"):
        chosen(roles.dashboard, ("ann", "last_here", value))
    assert tidy(roles.receiver) == 1
    assert of(roles.dashboard, "ann") == {"last_here": "2"}
