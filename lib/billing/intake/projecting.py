"""From what was seen of customers to everything derived of them: rows, standings and sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain.fold import CustomerFold, Rules, fold_customer, mark_of
from ..domain.ledger import NeedsHistory
from ..domain.observations import REFERENCE_TYPES, Observation
from ..domain.project import project
from ..domain.references import References
from ..domain.rollups import Cell, Sums, add_to, minus
from ..domain.rows import ProjectionRows
from ..domain.standing import Standing, resume, standing_of, stands_still
from ..outgoing.telling import Teller
from ..store import dialect, projection, references, rollups, standings, turnover
from ..store.engine import Connection
from ..store.owners import Settled
from .turning import turned

UNKNOWN = Standing()

Stories = Mapping[str, Sequence[Observation]]
"""Customer -> everything that was seen of it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """One customer after this batch. ``before`` is where it stood."""

    fold: CustomerFold
    rows: ProjectionRows
    before: Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """What the database is being asked of the customers of a batch."""

    standings: dialect.Answer
    version: references.Version


class Projector:
    """Folds and writes inside a transaction of the writer's. ``teller``: keeps what the product is
    to be told; None where it is told nothing."""

    def __init__(self, rules: Rules, teller: Teller | None = None) -> None:
        self._rules = rules
        self._teller = teller
        self._mark = mark_of(rules)
        self._references: tuple[int, References] | None = None
        self._stood = standings.Known()

    @property
    def mark(self) -> str:
        """The mark of the rules that rows are folded by."""
        return self._mark

    def forget(self) -> None:
        """What was read of references inside a transaction that never happened is not so."""
        self._references = None

    def ask(self, connection: Connection, customers: Collection[str]) -> Asked:
        """Ask for what :meth:`in_place` needs of customers that are locked."""
        return Asked(standings.ask(connection, customers), references.ask_version(connection))

    def in_place(self, connection: Connection, settled: Settled, asked: Asked) -> dict[str, Folded]:
        """The customers whose standing suffices to apply what is new of them."""
        found = standings.loaded(asked.standings, folded_by=self._mark, known=self._stood)
        fresh: dict[str, list[Observation]] = defaultdict(list)
        for seen in settled.observations:
            if seen.object_type in REFERENCE_TYPES:
                return {}  # whoever is sold by it is folded anew
            if seen.customer_id is not None:
                fresh[seen.customer_id].append(seen)
        candidates = fresh.keys() - settled.handed
        if unasked := candidates - settled.claimed:
            found |= standings.load(connection, unasked, folded_by=self._mark)
        rules = self._rules_now(connection, asked.version)
        folded = {}
        for customer_id in sorted(candidates & found.keys()):
            standing = found[customer_id]
            fold = resume(customer_id, standing, fresh[customer_id], rules, new=settled.new)
            if fold is None:
                continue
            try:
                folded[customer_id] = Folded(fold, project(fold), standing)
            except NeedsHistory:
                continue
        return folded

    def write(
        self,
        connection: Connection,
        stories: Stories,
        in_place: Mapping[str, Folded],
        known: Collection[str],
        source: str,
    ) -> None:
        """Fold ``stories`` whole, and write all that follows. ``known``: the customers of stories
        that may have rows. ``source``: where what is new came from."""
        self._write(connection, stories, in_place, known, source)

    def refold(self, connection: Connection, stories: Stories) -> bool:
        """Fold customers anew of whom nothing is new; True when anything differed."""
        return self._write(connection, stories, {}, stories.keys(), None)

    def _write(
        self,
        connection: Connection,
        stories: Stories,
        in_place: Mapping[str, Folded],
        known: Collection[str],
        source: str | None,
    ) -> bool:
        told = sorted(customer_id for customer_id in stories if stories[customer_id])
        stood: dict[str, Standing] = {}
        folded = dict(in_place)
        if stories:
            rules = self._rules_now(connection)
            if known:
                stood = standings.load(connection, known, folded_by=self._mark)
            for customer_id in told:
                fold = fold_customer(customer_id, stories[customer_id], rules)
                before = stood.get(customer_id, UNKNOWN)
                folded[customer_id] = Folded(fold, project(fold), before)
        projected = [folded[customer_id].rows for customer_id in sorted(folded)]
        if self._teller is not None:
            self._teller.tell(connection, projected, source)
        # All that was seen of them has turned out to be somebody else's.
        emptied = {customer_id: stood[customer_id] for customer_id in stood.keys() - set(told)}
        moved = [key for each in folded.values() if (key := _moved(each))]
        turns = turned(connection, folded, emptied, moved, self._rules, {*known, *in_place})
        changes: dict[Cell, Sums] = {}
        changed = projection.write(
            connection,
            projected,
            known=known,
            moved=moved,
            policy=self._rules.policy.slug,
            sums=changes,
        )
        self._stand(connection, folded, emptied, changes, kept={*stood, *in_place})
        turnover.add(connection, turns)
        return changed

    def _stand(
        self,
        connection: Connection,
        folded: Mapping[str, Folded],
        emptied: Mapping[str, Standing],
        changes: dict[Cell, Sums],
        *,
        kept: Collection[str],
    ) -> None:
        now = {c: (standing_of(e.fold, e.rows, e.before), e.before) for c, e in folded.items()}
        now |= {customer_id: (UNKNOWN, before) for customer_id, before in emptied.items()}
        made = {}
        for customer_id, (standing, before) in now.items():
            if standing != before or customer_id not in kept:
                made[customer_id] = standing
                if standing.contribution != before.contribution:
                    add_to(changes, standing.contribution)
                    add_to(changes, minus(before.contribution))
        standings.save(connection, made, folded_by=self._mark, known=self._stood)
        if same := folded.keys() - made.keys():  # their rows may be other rules' all the same
            standings.sign(connection, same, self._mark)
        rollups.add(connection, changes)

    def _rules_now(self, connection: Connection, asked: references.Version | None = None) -> Rules:
        version = (asked or references.ask_version(connection)).taken()
        known = self._references  # once: another thread may forget it meanwhile
        if known is None or known[0] != version:
            self._references = known = version, references.load(connection)
        return replace(self._rules, references=known[1])


def _moved(each: Folded) -> projection.MovementKey | None:
    """The stored movement that a fold in place may have given another second, or undone."""
    ledger = each.before.ledger
    if each.rows.whole or ledger is None or ledger.group is None:
        return None
    if stands_still(each.rows, each.before):
        return None
    movement_id = f"{each.fold.customer_id}:{ledger.currency}:{ledger.group.last_at}"
    return each.fold.rules.policy.slug, movement_id
