"""The groups in which what changed since a moment is told."""

from __future__ import annotations

from typing import Final

MOVED: Final = ("new", "reactivation", "expansion", "contraction", "churn", "switched")
"""Movements of MRR. Both halves of a change of currency are ``switched`` and nothing else."""
LISTED: Final = (*MOVED, "scheduled", "withdrawn", "failed", "recovered")
"""Those with a customer behind each row."""
GROUPS: Final = (*LISTED, "drift", "resolved", "closed")
"""In the order in which they are told."""
