"""Seconds of the processor that a server's processes have used, and how busy the machine was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")


class Machine(NamedTuple):
    """Seconds since it started, over all cores. ``waiting``: idle while something was read or
    written."""

    busy: float
    idle: float
    waiting: float

    def since(self, before: Machine) -> Machine:
        return Machine(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def share(self) -> float:
        """Of all its seconds, the busy ones."""
        return self.busy / (sum(self) or 1.0)


def machine() -> Machine:
    first = Path("/proc/stat").read_text("ascii").splitlines()[0]
    user, nice, system, idle, waiting, *rest = (int(cell) / TICK for cell in first.split()[1:9])
    return Machine(user + nice + system + sum(rest), idle, waiting)


def used(server: int) -> float:
    """By the process ``server``, those it has started and those that have ended."""
    own, ended = _times(server)
    return own + ended + sum(sum(_times(child)) for child in _children(server))


def _times(process: int) -> tuple[float, float]:
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii")
    except FileNotFoundError:  # ended just now: its server has its seconds
        return 0.0, 0.0
    cells = told.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(cell) / TICK for cell in cells[11:15])
    return user + system, ended_user + ended_system


def _children(process: int) -> list[int]:
    told = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(child) for child in told.split()]
