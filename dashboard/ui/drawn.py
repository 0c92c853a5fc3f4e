"""Scripts and styles of our own elements, put together from `dashboard/drawing`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parents[1] / "drawing"


def script(*names: str) -> str:
    """One module, in this order: what a later file calls is in an earlier one."""
    return _joined("js", names)


def style(*names: str) -> str:
    """One sheet, in this order."""
    return _joined("css", names)


def _joined(kind: str, names: tuple[str, ...]) -> str:
    return "".join((_FOLDER / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)
