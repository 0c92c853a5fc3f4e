"""The one way into the projection: webhook, import, backfill and replay all end in `Ingest.commit`.

body -> signature -> event -> observations -> one transaction:
inbox, owners, history, references, fold of every touched customer, derived tables, watermark
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from .domain.errors import BillingError, PayloadInvalid
from .domain.fold import Rules
from .domain.providers import is_stripes
from .importing.readers import Manner, read
from .intake import garbage
from .intake.arrivals import Arrival, Rejected, read_body, read_event, read_object
from .intake.in_turn import InTurn
from .intake.kinde_arrivals import read_kinde_event
from .intake.summary import Outcome, Summary
from .intake.writer import Writer
from .outgoing.telling import Teller
from .store.engine import Store
from .store.faults import retried
from .stripe.signature import verify

BATCH = 2_000
"""Events a transaction of `apply`: enough to touch each customer rarely, little enough to hold."""

IMPORT_BATCH = 10_000
"""Lines a transaction of `import_lines`: a file in order of time comes back to every customer again
and again, and each time the customer's whole history is folded anew."""


class Ingest:
    """Takes Stripe's events in. ``rules.references`` are replaced by what the store knows."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        *,
        clock: Callable[[], int],
        livemode: bool = False,
        org_key: str = "org_id",
        teller: Teller | None = None,
    ) -> None:
        self.store = store
        self.rules = rules
        self.livemode = livemode
        self.org_key = org_key
        self._clock = clock
        self._writer = Writer(store, rules, clock=clock, livemode=livemode, teller=teller)

    def judge_by(self, rules: Rules, teller: Teller | None) -> None:
        """Fold by these rules from the next transaction on; one under way ends by the old ones."""
        self.rules = rules
        self._writer = Writer(
            self.store, rules, clock=self._clock, livemode=self.livemode, teller=teller
        )

    @property
    def manner(self) -> Manner:
        """How lines of a file are read."""
        return Manner(self.livemode, self.org_key)

    @property
    def mark(self) -> str:
        """The mark of the rules that rows are folded by."""
        return self._writer.mark

    def read(self, event: Any, *, body: bytes | None = None) -> Arrival:
        """One event, ready for :meth:`commit`. Raises PayloadInvalid when it is none."""
        return read_event(event, livemode=self.livemode, org_key=self.org_key, body=body)

    def receive(self, body: bytes, header: str | None, secrets: Sequence[str]) -> Arrival:
        """A webhook delivery, ready for :meth:`commit`, once its signature is verified.

        Raises SignatureInvalid, PayloadInvalid.
        """
        return self.read(verify(body, header, secrets), body=body)

    def read_kinde(self, event: Any, *, delivery_id: str | None = None) -> Arrival:
        """A verified event of Kinde's, ready for :meth:`commit`. Raises PayloadInvalid when it is
        none."""
        return read_kinde_event(event, livemode=self.livemode, delivery_id=delivery_id)

    def read_again(self, event_id: str, body: bytes) -> Arrival:
        """A stored event by its id and body, whoever sent it. Raises PayloadInvalid."""
        event = read_body(body)
        return self.read(event, body=body) if is_stripes(event_id) else self.read_kinde(event)

    def apply(
        self, events: Iterable[dict[str, Any]], source: str = "import", *, batch: int = BATCH
    ) -> Summary:
        """Apply events in batches, each one transaction. Raises DatabaseUnavailable."""
        return self.take(self._read_each(events), source=source, batch=batch)

    def import_lines(
        self, lines: Iterable[bytes], *, source: str = "import", batch: int = IMPORT_BATCH
    ) -> Summary:
        """Apply stored event bodies, one a line, as they come; every line is accounted for.

        For a long file see `lib.billing.import_file`. Raises as :meth:`take`.
        """
        return self.take(read(enumerate(lines, 1), self.manner), source=source, batch=batch)

    def take(
        self, offered: Iterable[Arrival | Rejected], *, source: str = "import", batch: int = BATCH
    ) -> Summary:
        """Apply what was read, in batches, each one transaction; everything is accounted for.

        Raises DatabaseUnavailable; what was committed before stays, and repeating is harmless.
        """
        summary, left = Summary(), iter(offered)
        put, end = self._in_turn(source)
        while True:
            with garbage.later():
                some = list(islice(left, batch))
                if not some:
                    break
                summary.lines += len(some)
                summary.rejected += [each for each in some if type(each) is Rejected]
                if arrivals := [each for each in some if type(each) is Arrival]:
                    summary.add(put(arrivals))
        summary.add(end())
        summary.rejected.sort()
        return summary

    def read_object(self, obj: dict[str, Any], *, second: int, source: str) -> Arrival | None:
        """An object as the API showed it at ``second``, ready for :meth:`commit`.

        None for what is not kept here: another kind of object, or one of the other mode.
        """
        return read_object(
            obj, second=second, source=source, livemode=self.livemode, org_key=self.org_key
        )

    def observe(self, objects: Iterable[dict[str, Any]], *, second: int, source: str) -> Summary:
        """Apply objects as the API showed them at ``second``, the response's ``Date``."""
        summary = Summary()
        arrivals = []
        for obj in objects:
            arrival = self.read_object(obj, second=second, source=source)
            summary.lines += 1
            if arrival is None:
                summary.ignored += 1
            else:
                arrivals.append(arrival)
        summary.add(self.commit(arrivals, source))
        return summary

    def commit(self, arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
        """Apply a batch in one transaction; the outcomes are in the order of ``arrivals``.

        When one event makes the batch impossible, the batch is halved until that event stands
        alone; it is kept as failed and its neighbours are applied. Raises DatabaseUnavailable.
        """
        if not arrivals:
            return []
        try:
            return retried(lambda: self._writer.write(arrivals, source))
        except BillingError:
            raise
        except Exception as error:
            if len(arrivals) == 1:
                failed = arrivals[0].failing(_sentence(error))
                if arrivals[0].state == "failed":
                    raise
                return self.commit([failed], source)
            middle = len(arrivals) // 2
            return self.commit(arrivals[:middle], source) + self.commit(arrivals[middle:], source)

    def refold_references(self) -> bool:
        """Derive prices, products and coupons anew; the first step of a replay."""
        return retried(self._writer.upkeep.refold_references)

    def refold(self, customer_ids: Sequence[str], *, left: int | None = None) -> bool:
        """Derive these customers' rows anew; True when any differed. See `lib.billing.replay`.

        ``left``: customers who are still to come, kept for who wants to know.
        """
        return retried(lambda: self._writer.upkeep.refold(customer_ids, left=left))

    def begin_refold(self) -> int:
        """See `lib.billing.refold`; how many customers it concerns."""
        return retried(self._writer.upkeep.begin_refold)

    def end_refold(self) -> bool:
        """False when somebody folded by other rules meanwhile."""
        return retried(self._writer.upkeep.end_refold)

    def sign(self) -> None:
        """Note that every row is folded by the rules of now."""
        self._writer.upkeep.sign()

    def keep_turnover(self) -> bool:
        """Add up what an earlier version did not keep; True when that was so."""
        return retried(self._writer.upkeep.keep_turnover)

    def sum_invoices(self) -> None:
        """Make the sums of invoices what the rows say, after one was repaired."""
        self._writer.upkeep.sum_invoices()

    def _read_each(self, events: Iterable[dict[str, Any]]) -> Iterator[Arrival | Rejected]:
        for number, event in enumerate(events, 1):
            try:
                yield self.read(event)
            except PayloadInvalid as error:
                yield Rejected(number, str(error))

    def _in_turn(
        self, source: str
    ) -> tuple[Callable[[Sequence[Arrival]], list[Outcome]], Callable[[], list[Outcome]]]:
        """How to commit many batches, and how to end. SQLite lets one write at a time."""

        def commit(arrivals: Sequence[Arrival]) -> list[Outcome]:
            return self.commit(arrivals, source)

        if self.store.is_sqlite:
            return commit, list
        turn = InTurn(lambda arrivals: self._writer.steps(arrivals, source), commit)
        return turn.put, turn.end


def _sentence(error: Exception) -> str:
    """What went wrong, without the statement and values that database errors carry."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"It could not be applied ({type(error).__name__}: {first[:200]})."
