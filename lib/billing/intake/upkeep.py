"""What keeps the projection true beside new events: folding anew, and the facts about the whole.

Everything here is one transaction of the writer's, and takes its locks in the writer's order.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.fold import Rules
from ..store import aside, history, meta, owners, references, rollups, standings, turnover
from ..store.engine import Connection, Store
from .projecting import Projector


class Upkeep:
    """By the rules of ``projector``, which :class:`Writer` shares."""

    def __init__(self, store: Store, rules: Rules, projector: Projector) -> None:
        self._store = store
        self._timezone, self._policy = rules.timezone, rules.policy.slug
        self._catalog = rules.catalog
        self._projector = projector
        self._mark = projector.mark

    def own(self, connection: Connection, said: str) -> None:
        """Keep what is ``said`` of all rows true, of which some are now folded by the rules of now.

        Who writes by another time zone or policy adds to other sums than are kept.
        """
        if said == self._mark:
            return
        if not turnover.kept(connection, self._timezone, self._policy):
            turnover.let_go(connection)
        if said not in (f"{meta.REFOLDING}{self._mark}", meta.MIXED):
            meta.put(connection, meta.FOLDED_BY, meta.MIXED)

    def refold(self, customer_ids: Sequence[str], *, left: int | None = None) -> bool:
        """Derive the rows of these customers anew from what was seen; True when any differed.

        ``left``: customers who are still to come, kept for who wants to know.
        """
        with self._store.writing() as connection:
            references.lock(connection, changing=False)
            owners.lock_customers(connection, customer_ids)
            stories = history.of_customers(connection, customer_ids)
            changed = self._projector.refold(connection, stories)
            standings.sign(connection, customer_ids, self._mark)
            said = meta.get(connection, meta.FOLDED_BY)
            if said is not None:
                self.own(connection, said)
            if left is not None:
                meta.put(connection, meta.REFOLD_LEFT, str(left))
            if changed:
                meta.raise_watermark(connection)
            return changed

    def refold_references(self) -> bool:
        """Derive prices, products and coupons anew; True when any differed."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            changed = references.rebuild(connection)
            if changed:
                meta.raise_watermark(connection)
            return changed

    def sign(self) -> None:
        """Note that every row is folded by the rules of now, and make the sums what the rows say.

        Writers wait meanwhile: sums are right only between two of them.
        """
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            dropped = aside.drop_others(connection, self._policy)
            summed = rollups.rebuild(connection, self._timezone, self._policy)
            turned = turnover.rebuild(connection, self._timezone, self._policy, self._catalog)
            if summed or turned or dropped:
                meta.raise_watermark(connection)
            meta.put(connection, meta.FOLDED_BY, self._mark)
            meta.forget(connection, meta.REFOLD_LEFT)
            meta.forget(connection, meta.LISTS_WAIT)

    def _lacks_turnover(self, connection: Connection) -> bool:
        """Rows are there, folded by the rules of now, and sums of them are not."""
        said = meta.get(connection, meta.FOLDED_BY)
        return said == self._mark and not turnover.kept(connection, self._timezone, self._policy)

    def _turn(self, connection: Connection) -> None:
        by = self._timezone, self._policy, self._catalog
        if turnover.kept(connection, self._timezone, self._policy):
            turnover.rebuild_upgrades(connection, *by)
        else:
            turnover.rebuild(connection, *by)

    def keep_turnover(self) -> bool:
        """Add up once what was not kept yet; True when that was so. Writers wait meanwhile."""
        with self._store.reading() as connection:
            if not self._lacks_turnover(connection):
                return False
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            turnover.rebuild(connection, self._timezone, self._policy, self._catalog)
            meta.raise_watermark(connection)
            return True

    def sum_invoices(self) -> None:
        """Make the sums of invoices what the rows say: a fold takes from them what a row said
        before it, and that may have been somebody's edit."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            if rollups.rebuild_invoiced(connection):
                meta.raise_watermark(connection)

    def begin_refold(self) -> int:
        """Say that everybody is about to be folded by the rules of now; how many it concerns.

        Whoever writes by other rules from then on says so (:meth:`own`), and :meth:`end_refold`
        sees it.
        """
        with self._store.writing() as connection:
            # No writer is half way: what others fold is either counted here or noted by them.
            references.lock(connection, changing=True)
            standings.complete(connection)
            left = standings.count_by_others(connection, self._mark)
            meta.put(connection, meta.FOLDED_BY, f"{meta.REFOLDING}{self._mark}")
            meta.put(connection, meta.REFOLD_LEFT, str(left))
            meta.raise_watermark(connection)
            return left

    def end_refold(self) -> bool:
        """Note that every row is folded by the rules of now; False when somebody has folded by
        others meanwhile. The sums are right already: each fold adds what it changes. But for what
        the catalogue alone makes of events that are long past."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            if meta.get(connection, meta.FOLDED_BY) != f"{meta.REFOLDING}{self._mark}":
                return False
            aside.drop_others(connection, self._policy)
            self._turn(connection)
            meta.put(connection, meta.FOLDED_BY, self._mark)
            meta.forget(connection, meta.REFOLD_LEFT)
            meta.forget(connection, meta.LISTS_WAIT)
            meta.raise_watermark(connection)
            return True
