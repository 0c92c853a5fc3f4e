"""The facade's part for files: a report, or a filtered list, written while it is read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from .domain.audit_filters import AuditFilters
from .domain.filters import Filters
from .domain.findings import FindingFilters
from .domain.policy import Policy
from .files import Form, Written, write
from .reports.registry import report_stream
from .reports.request import ReportRequest
from .reports.stream import Stream
from .settings.setup import Setup
from .store.queries.reading import Reader

Narrowing = Filters | FindingFilters | AuditFilters
"""What a list is narrowed to; its sort and page are not used: a file keeps the report's order."""


class FilesDesk:
    """Reads only. A file of any length takes the memory of some thousand rows."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    @abstractmethod
    def _scratch(
        self, policy: Policy, until: int | None, counted_by: Policy | None
    ) -> AbstractContextManager[Reader]: ...

    @contextmanager
    def report_stream(
        self, name: str, *, told: Callable[[int], None] = lambda _: None, **options: Any
    ) -> Iterator[Stream]:
        """One report row by row; ``options`` and what is raised are as of `report`.

        ``told`` hears now and then how many rows have been read.
        """
        request = ReportRequest.parse(name, self._setup, now=self._clock(), **options)
        with report_stream(request, self._reader, self._scratch, told) as stream:
            yield stream

    def export_file(self, name: str, narrowing: Narrowing, form: Form, out: BinaryIO) -> Written:
        """Write the whole of a filtered list, all its pages, as the report of that name.

        Raises WrongUsage for an unknown name; whatever is raised, ``out`` then holds no whole file.
        """
        with report_stream(self._narrowed(name, narrowing), self._reader, self._scratch) as stream:
            return write(stream, form, out)

    def _narrowed(self, name: str, narrowing: Narrowing) -> ReportRequest:
        request = ReportRequest.parse(name, self._setup, now=self._clock())
        wanted = narrowing.cleaned()
        if isinstance(wanted, Filters):
            return request.narrowed(wanted)
        bounds = (wanted.starts, wanted.ends) if isinstance(wanted, AuditFilters) else (None, None)
        return replace(request, board=wanted, starts=bounds[0], ends=bounds[1])
