"""A whole company into an empty database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from lib.billing.domain.failed_turns import firsts_of, made_of, of_failed, terms_of
from lib.billing.domain.fold import Rules, mark_of
from lib.billing.domain.list_sums import of_lists
from lib.billing.domain.owing import has_ended, owned
from lib.billing.domain.owing import of_invoices as of_invoices_owed
from lib.billing.domain.rollups import (
    NOTHING,
    Cell,
    Sums,
    of_invoices,
    of_movements,
    of_subscriptions,
    plus,
)
from lib.billing.domain.rows import InvoiceRow, MovementRow, SubscriptionRow
from lib.billing.domain.stood_turns import of_standing
from lib.billing.domain.trial_turns import of_trials
from lib.billing.domain.turnover import Turnover, add_to, of_story
from lib.billing.settings.catalog_file import read_catalog
from lib.billing.store import meta, rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.spelling import read
from lib.billing.store.turnover_change import story_of

from .lives import Life
from .loading import loader
from .people import Person, person
from .stamping import Template, life_of, templates

AT_ONCE: Final = 2_000
"""Customers whose rows are in memory at a time."""

RULES: Final = Rules(read_catalog(Path(__file__).parents[2] / "catalog.toml"))


class World:
    """``customers`` people who live ``lives`` different lives, all of it decided by ``seed``.

    ``months``: of the longest subscription. With 20 it comes to 7 invoices and 5 movements each.
    """

    def __init__(
        self, customers: int, *, seed: int = 7, lives: int = 400, months: int = 20
    ) -> None:
        self.customers = customers
        self.seed = seed
        self.lives = min(lives, customers)
        self.months = months

    def people(self) -> Iterator[tuple[Person, int]]:
        """Everyone, each with the number of the life that they live."""
        for number in range(self.customers):
            yield self.someone(number), (number * 7_919 + self.seed) % self.lives

    def someone(self, number: int) -> Person:
        return person(number, self.seed)

    def told(self) -> Iterator[dict[str, Any]]:
        """The events that would have made this world; for small ones."""
        for someone, number in self.people():
            yield from self.life(number, someone).events

    def life(self, number: int, someone: Person) -> Life:
        return life_of(number, self.seed, someone, self.months)

    def fill(
        self,
        store: Store,
        progress: Callable[[str], None] = lambda _: None,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Write every row, but for the tables ``without``.

        Raises ValueError when there are customers already.
        """
        made = templates(self.lives, self.seed, self.months, RULES)
        lived: Counter[tuple[int, int]] = Counter()
        sums: dict[Cell, Sums] = {}
        with loader(store, without) as load:
            for count, (someone, number) in enumerate(self.people(), 1):
                load.life(made[number], someone)
                lived[number, someone.shift] += 1
                if count % AT_ONCE == 0 or count == self.customers:
                    load.flush()
                    progress(f"{count:,} customers")
            progress("Indexing")
        turns: Turnover = {}
        for (number, shift), times in lived.items():
            for cell, part in _contribution(made[number], shift).items():
                many = Sums(*(times * value for value in part))
                sums[cell] = plus(sums.get(cell, NOTHING), many)
            add_to(turns, _turned(made[number], shift).items(), times)
        with store.writing() as connection:
            rollups.add(connection, sums)
            turnover.add(connection, turns)
            turnover.keep(connection, RULES.timezone, RULES.policy.slug)
            meta.put(connection, meta.FOLDED_BY, mark_of(RULES))
            meta.raise_watermark(connection)


def _turned(template: Template, shift: int) -> Turnover:
    """What one who lived ``shift`` seconds later adds to the sums that look at its past."""
    rows = dict(template.rows(Person("", "", "", "", shift)))
    subscriptions = [SubscriptionRow(*cells) for cells in rows.get("subscriptions", [])]
    billed = [InvoiceRow(*cells) for cells in rows.get("invoices", [])]
    story = story_of(
        subscriptions, [MovementRow(*cells) for cells in rows.get("movements", [])], billed
    )
    ended = {owned(row) for row in subscriptions if has_ended(row.status)}
    found = of_story(story, RULES.timezone)
    add_to(found, of_trials(story, RULES.timezone, RULES.policy.slug).items())
    add_to(found, of_standing(story, RULES.timezone, RULES.policy.slug).items())
    add_to(found, of_invoices_owed(billed, ended, RULES.timezone).items())
    terms = {owned(row): terms_of(row.status, row.trial_end) for row in subscriptions}
    firsts = firsts_of(made_of(billed), terms)
    add_to(found, of_failed(billed, terms, firsts, RULES.timezone).items())
    return found


def _contribution(template: Template, shift: int) -> dict[Cell, Sums]:
    """What one who lived ``shift`` seconds later adds to the sums."""
    rows = dict(template.rows(Person("", "", "", "", shift)))
    subscriptions = [SubscriptionRow(*cells) for cells in rows.get("subscriptions", [])]
    moved = [MovementRow(*cells) for cells in rows.get("movements", [])]
    billed = [InvoiceRow(*cells) for cells in rows.get("invoices", [])]
    held = of_subscriptions(subscriptions, RULES.timezone)
    told = [replace(row, items=read(str(row.items))) for row in subscriptions]
    listed = of_lists(told, billed, RULES.timezone)
    return held | of_movements(moved, RULES.timezone) | of_invoices(billed) | listed
