"""From what was seen of customers to everything derived of them: rows, standings and sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain.fold import CustomerFold, Rules, fold_customer, mark_of
from ..domain.ledger import NeedsHistory
from ..domain.observations import REFERENCE_TYPES, Observation
from ..domain.project import project
from ..domain.references import References
from ..domain.rollups import Cell, Sums, add_to, minus
from ..domain.rows import ProjectionRows
from ..domain.standing import Standing, resume, standing_of
from ..outgoing.telling import Teller
from ..store import history, projection, references, rollups, standings, turnover
from ..store.engine import Connection
from ..store.owners import Settled
from .turning import turned

UNKNOWN = Standing()


@dataclass(frozen=True, slots=True)
class Folded:
    """One customer after this batch. ``before`` is where it stood."""

    fold: CustomerFold
    rows: ProjectionRows
    before: Standing


class Projector:
    """Folds and writes inside a transaction of the writer's. ``teller``: keeps what the product is
    to be told; None where it is told nothing."""

    def __init__(self, rules: Rules, teller: Teller | None = None) -> None:
        self._rules = rules
        self._teller = teller
        self._mark = mark_of(rules)
        self._references: tuple[int, References] | None = None

    @property
    def mark(self) -> str:
        """The mark of the rules that rows are folded by."""
        return self._mark

    def forget(self) -> None:
        """What was read of references inside a transaction that never happened is not so."""
        self._references = None

    def in_place(self, connection: Connection, settled: Settled) -> dict[str, Folded]:
        """The customers whose standing suffices to apply what is new of them."""
        fresh: dict[str, list[Observation]] = defaultdict(list)
        for seen in settled.observations:
            if seen.object_type in REFERENCE_TYPES:
                return {}  # whoever is sold by it is folded anew
            if seen.customer_id is not None:
                fresh[seen.customer_id].append(seen)
        candidates = fresh.keys() - settled.handed
        if not candidates:
            return {}
        rules = self._rules_now(connection)
        found = standings.load(connection, candidates, folded_by=self._mark)
        keys = {(o.object_type, o.object_id) for c in found for o in fresh[c]}
        stored = history.known_objects(connection, keys) if keys else set()
        folded = {}
        for customer_id, standing in found.items():
            fold = resume(customer_id, standing, fresh[customer_id], rules, stored=stored)
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
        stories: Mapping[str, Sequence[Observation]],
        in_place: Mapping[str, Folded],
        *,
        known: Collection[str] | None = None,
        source: str | None = None,
    ) -> bool:
        """Fold ``stories`` whole, and write all that follows; True when anything differed.

        ``known``: the customers that may already have rows, where the caller can tell. ``source``:
        where what is new came from; None when nothing is, and the rules may be.
        """
        rules = self._rules_now(connection)
        told = sorted(customer_id for customer_id in stories if stories[customer_id])
        stood = standings.load(connection, stories, folded_by=self._mark)
        folded = dict(in_place)
        for customer_id in told:
            fold = fold_customer(customer_id, stories[customer_id], rules)
            before = stood.get(customer_id, UNKNOWN)
            folded[customer_id] = Folded(fold, project(fold), before)
        if known is None:
            known = projection.known_among(connection, stories)
        projected = [folded[customer_id].rows for customer_id in sorted(folded)]
        gone = [key for each in folded.values() for key in _gone(each)]
        if self._teller is not None:
            self._teller.tell(connection, projected, source)
        # All that was seen of them has turned out to be somebody else's.
        emptied = {customer_id: stood[customer_id] for customer_id in stood.keys() - set(told)}
        turns = turned(connection, folded, emptied, gone, rules, {*known, *in_place})
        invoiced: dict[Cell, Sums] = {}
        changed = projection.write(
            connection,
            projected,
            known={*known, *in_place},
            gone=gone,
            policy=rules.policy.slug,
            sums=invoiced,
        )
        self._stand(connection, folded, emptied, invoiced, kept={*stood, *in_place})
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
                add_to(changes, standing.contribution)
                add_to(changes, minus(before.contribution))
        standings.save(connection, made, folded_by=self._mark)
        if same := folded.keys() - made.keys():  # their rows may be other rules' all the same
            standings.sign(connection, same, self._mark)
        rollups.add(connection, changes)

    def _rules_now(self, connection: Connection) -> Rules:
        version = references.version(connection)
        known = self._references  # once: another thread may forget it meanwhile
        if known is None or known[0] != version:
            self._references = known = version, references.load(connection)
        return replace(self._rules, references=known[1])


def _gone(each: Folded) -> Iterator[projection.MovementKey]:
    """The stored movement that a fold in place may have given another second, or undone."""
    ledger = each.before.ledger
    if not each.rows.whole and ledger is not None and ledger.group is not None:
        movement_id = f"{each.fold.customer_id}:{ledger.currency}:{ledger.group.last_at}"
        yield each.fold.rules.policy.slug, movement_id
