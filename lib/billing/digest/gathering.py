"""Gathers a digest from the reports: each of its numbers is one of theirs, of one state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from ..domain.policy import Policy
from ..reports.definition import Scratch
from ..reports.registry import report_stream
from ..reports.request import ReportRequest
from ..settings.setup import Setup
from ..showing.overview import freshness
from ..store.queries.reading import Connection, Reader
from . import lists
from .actions import LAST_DAYS, actions
from .spans import covered
from .values import Covered, Digest, Mrr, Share, Sum, Trouble

Row = dict[str, Any]

FLOWS: Final = tuple(
    f"{kind}_minor" for kind in ("new", "reactivation", "expansion", "contraction", "churn")
)


def gather(
    reader: Reader,
    scratch: Scratch,
    setup: Setup,
    *,
    by: str,
    now: int,
    as_of: str | None = None,
    of: Covered | None = None,
) -> Digest:
    """The digest of the last whole day or week before ``now`` or ``as_of``, or of ``of``.

    Raises WrongUsage for an ``as_of`` that is neither a day nor a time.
    """
    judged = ReportRequest.parse("mrr", setup, now=now, as_of=as_of)
    # A day's last second is asked for with the day, so that the day itself is over.
    span = of or covered(by, judged.now + (as_of is not None), setup.timezone)
    with _one_state(reader, scratch, judged) as (held, made):
        return _Reports(held, made, setup, span, now=now, as_of=as_of).digest(judged.now)


class _Reports:
    """Runs the reports of one digest."""

    def __init__(
        self,
        reader: Reader,
        scratch: Scratch,
        setup: Setup,
        span: Covered,
        *,
        now: int,
        as_of: str | None,
    ) -> None:
        self._reader = reader
        self._scratch = scratch
        self._setup = setup
        self._span = span
        self._now = now
        self._as_of = as_of
        self._watermark = 0

    def digest(self, judged_at: int) -> Digest:
        setup, span = self._setup, self._span
        moved, unmoved = self._mrr()
        queue = self._rows("failed-payments", within=False)
        failing, final = lists.failing(queue, span)
        winding, ending = lists.winding_down(
            self._rows("winding-down", within=False), span, judged_at, judged_at + LAST_DAYS
        )
        trouble = self._trouble()
        return Digest(
            covered=span,
            timezone=setup.timezone,
            policy=setup.policy,
            livemode=setup.livemode,
            judged_at=judged_at,
            as_of=self._as_of,
            upgrades=lists.upgrades(self._rows("upgrades")),
            churned=lists.churned(self._rows("churned")),
            winding_down=winding,
            failing=failing,
            recovered=self._recovered(),
            trouble=trouble,
            actions=actions(trouble, final, ending),
            mrr=moved,
            unmoved=unmoved,
            watermark=self._watermark,
        )

    def _rows(self, name: str, *, within: bool = True) -> Iterator[Row]:
        span = self._span
        request = ReportRequest.parse(
            name,
            self._setup,
            now=self._now,
            as_of=self._as_of,
            by=span.by,
            start=span.first_day if within else None,
            end=span.last_day if within else None,
        )
        with report_stream(request, self._reader, self._scratch) as stream:
            self._watermark = stream.watermark
            yield from stream.rows

    def _mrr(self) -> tuple[tuple[Mrr, ...], tuple[str, ...]]:
        churn = {row["currency"]: row for row in self._rows("churn")}
        rolled = list(self._rows("mrr"))
        moved = [_mrr(row, churn.get(row["currency"])) for row in rolled if _moved(row)]
        unmoved = sorted(
            row["currency"] for row in rolled if not _moved(row) and row["closing_minor"]
        )
        moved.sort(key=lambda m: (-m.closing_minor, m.currency))
        return tuple(moved), tuple(unmoved)

    def _recovered(self) -> tuple[Sum, ...]:
        return tuple(
            Sum(row["currency"], row["invoices"], row["recovered_minor"])
            for row in self._rows("recovery-cash")
            if row["period"] == self._span.name
        )

    def _trouble(self) -> Trouble:
        span = self._span
        opened = [row for row in self._rows("drift", within=False) if not row["acknowledged_by"]]
        differences = [row for row in opened if row["kind"] != "gap"]
        fresh = None if self._as_of else freshness(self._reader, self._setup, self._now)
        return Trouble(
            differences=len(differences),
            differences_new=sum(span.starts <= d["first_seen_at"] < span.ends for d in differences),
            missing_events=len(opened) - len(differences),
            failed_events=fresh.failed if fresh else None,
            silent=fresh.stale if fresh else None,
            last_webhook_at=fresh.last_webhook_at if fresh else None,
        )


def _moved(row: Row) -> bool:
    return any(row[name] for name in FLOWS)


def _mrr(row: Row, churn: Row | None) -> Mrr:
    flows = {name: row[name] for name in FLOWS}
    return Mrr(
        currency=row["currency"],
        opening_minor=row["opening_minor"],
        closing_minor=row["closing_minor"],
        reconstructed_minor=row["reconstructed_minor"],
        customers_churned=churn["customers_churned"] if churn else 0,
        churn=_share(churn) if churn else None,
        **flows,
    )


def _share(churn: Row) -> Share | None:
    """A small sample stays silent, and so does a rate that nobody is behind."""
    if churn["small_sample"] or not churn["customer_churn"]:
        return None
    return Share(churn["churn_numerator"], churn["churn_denominator"], churn["customer_churn"])


@contextmanager
def _one_state(
    reader: Reader, scratch: Scratch, request: ReportRequest
) -> Iterator[tuple[Reader, Scratch]]:
    """Every report of one digest reads one connection, and one projection made on the side."""
    with reader.open() as connection:
        held = _Held(connection)
        if not request.needs_scratch:
            yield held, scratch
            return
        with scratch(request.judged_by, request.as_of, None) as made, made.open() as aside:
            yield held, _made(_Held(aside))


def _made(reader: Reader) -> Scratch:
    def again(
        _policy: Policy, _until: int | None, _moving: Policy | None
    ) -> AbstractContextManager[Reader]:
        return nullcontext(reader)

    return again


class _Held(Reader):
    """A reader whose connections are all one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def replicated(self) -> bool:
        """Of one moment whichever database it is: nothing is told of its age."""
        return False

    @contextmanager
    def open(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        yield self._connection
