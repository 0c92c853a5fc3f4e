"""Runs the jobs side by side until told to stop."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Final, Protocol

import structlog

from ..domain.errors import BillingError
from .job import Job

LONGEST_PAUSE: Final = 60.0
"""Seconds after repeated faults, for a job that would come sooner: the log should stay readable."""

log = structlog.get_logger(__name__)


class TakesTurns(Protocol):
    """`lib.billing.store.turns.Turns` is one."""

    def taken(self, name: str) -> AbstractContextManager[bool]: ...
    def close(self) -> None: ...


class Runner:
    """Use within one event loop. A fault stops neither the other jobs nor the receiver.

    ``told`` hears each round's end: the job's name, and "done", "fault" or "elsewhere" when another
    process has its turn.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        turns: TakesTurns,
        *,
        told: Callable[[str, str], None] = lambda _name, _outcome: None,
    ) -> None:
        self._jobs = jobs
        self._now = {job.name: job for job in jobs}
        self._turns = turns
        self._told = told
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        # Threads of its own: a slow job must not keep the receiver's from answering.
        self._threads = ThreadPoolExecutor(max(len(jobs), 1), thread_name_prefix="portside-job")

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(job)) for job in self._jobs]

    def take(self, jobs: Sequence[Job]) -> None:
        """From their next rounds on do these in place of the jobs of the same names.

        May be called from any thread; a round under way ends as it began.
        """
        self._now = {job.name: job for job in jobs}

    async def close(self) -> None:
        """Begin no round any more, ask long ones to end, and wait for those under way."""
        self._stopping.set()
        for job in {*self._jobs, *self._now.values()}:
            job.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown()
        self._turns.close()

    async def _run(self, job: Job) -> None:
        loop = asyncio.get_running_loop()
        faults = 0
        while not self._stopping.is_set():
            job = self._now.get(job.name, job)
            outcome = await loop.run_in_executor(self._threads, self._round, job)
            self._told(job.name, outcome)
            faults = faults + 1 if outcome == "fault" else 0
            await self._sleep(pause(job.every, faults))

    def _round(self, job: Job) -> str:
        try:
            if job.everywhere:
                job.round()
                return "done"
            with self._turns.taken(job.name) as mine:
                if not mine:
                    return "elsewhere"
                job.round()
                return "done"
        except BillingError as error:
            log.warning("job_fault", job=job.name, code=error.code)
        except Exception as error:  # a mistake of ours must not end the others
            # Neither message nor values: they may be a customer's.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            log.error("job_fault", job=job.name, code=type(error).__name__, where=where)
        return "fault"

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def pause(every: float, faults: int) -> float:
    """Seconds to wait after a round that was the ``faults``-th fault in a row, 0 after none."""
    return max(every, min(every * 2.0**faults, LONGEST_PAUSE)) if faults else every
