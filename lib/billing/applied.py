"""Which catalogue is the applied one: noted once it is, with its row in the audit."""

from __future__ import annotations

from typing import Final

from .store import audit, meta
from .store.audit import AuditRow
from .store.engine import Store

APPLIED: Final = "catalog.applied"


def note_applied(
    store: Store, mark: str, staff: str, detail: str, now: int, *, always: bool = False
) -> None:
    """Note the catalogue of this mark, which running processes then follow.

    Nothing is written where it is noted already, but with ``always`` a row of the audit.
    """
    with store.writing() as connection:
        before = meta.get(connection, meta.APPLIED)
        if before == mark and not always:
            return
        said = f"Catalogue {mark}" + (f" after {before}" if before not in (None, mark) else "")
        audit.append(connection, AuditRow(now, staff, APPLIED, detail=f"{said}: {detail}"))
        meta.put(connection, meta.APPLIED, mark)
        meta.raise_watermark(connection)
