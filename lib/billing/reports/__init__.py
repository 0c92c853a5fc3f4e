"""Reports: the numbers that leave Portside, each with its fields, its order and its definitions."""

from __future__ import annotations

from .registry import REPORTS, run_report
from .report import Report

__all__ = ["REPORTS", "Report", "run_report"]
