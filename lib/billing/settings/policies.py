"""One's own policies: `[policies.NAME]` of `portside.toml`, a preset with some flags overridden.

[policies.ours]
base = "chartmogul"                 # portside (default) · stripe · chartmogul · profitwell
discounts = "forever"               # and any other flag of `domain.policy.Policy`
statuses = ["active", "past_due"]
past_due_leaves_after_days = 30     # needs a clock: for --policy and bridges alone
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ..domain.policy import PRESETS, Policy
from ..domain.policy_flags import FLAGS, Flag
from .table import Table

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FLAGS: Final[Mapping[str, Flag]] = {flag.name: flag for flag in FLAGS}
_WHOLE: Final = frozenset({"past_due_leaves_after_days", "ltv_trailing_months"})


def read_policies(table: Table) -> dict[str, Policy]:
    """The presets and what ``table``, the section `[policies]`, adds. Raises ConfigurationError."""
    found = dict(PRESETS)
    for name in table.given:
        if name in PRESETS:
            raise table.refuse(name, "another name: a preset is not changed, it is a base")
        if not _NAME.fullmatch(name):
            raise table.refuse(name, "named in at most 40 of a-z, 0-9, - and _")
        if not isinstance(table.given[name], dict):
            raise table.refuse(name, "a section")
        found[name] = _own(name, table.sub(name))
    return found


def choose(table: Table, policies: Mapping[str, Policy]) -> Policy:
    """The policy that the projection is kept under. Raises ConfigurationError."""
    name = table.text("policy", "portside")
    if name not in policies:
        raise table.refuse("policy", f"one of {', '.join(policies)}")
    if policies[name].needs_clock:
        raise table.refuse(
            "policy",
            f"one that needs no clock: rows are written when Stripe tells of something, and under "
            f"{name} MRR falls on a day when nothing is told (past_due_leaves_after_days). "
            "Use it with --policy and in bridges",
        )
    return policies[name]


def _own(name: str, table: Table) -> Policy:
    table.only(frozenset({"base", *_FLAGS}))
    base = table.text("base", "portside")
    if base not in PRESETS:
        raise table.refuse("base", f"one of {', '.join(PRESETS)}")
    given = {key: _value(table, _FLAGS[key]) for key in table.given if key != "base"}
    return replace(PRESETS[base], slug=name, **given)


def _value(table: Table, flag: Flag) -> Any:
    value = table.given[flag.name]
    if flag.name == "statuses":
        choices = flag.choices or ()
        if not isinstance(value, list) or not value or not set(map(str, value)) <= {*choices}:
            raise table.refuse(flag.name, f"a list of some of {', '.join(choices)}")
        return frozenset(value)
    if flag.choices is not None:
        if value not in flag.choices:
            raise table.refuse(flag.name, f"one of {', '.join(flag.choices)}")
        return value
    if flag.name in _WHOLE:
        if value == "never":
            return None
        if type(value) is not int or not 1 <= value <= 3_650:
            raise table.refuse(flag.name, 'a whole number from 1 to 3650, or "never"')
        return value
    if type(value) is not bool:
        raise table.refuse(flag.name, "true or false")
    return value
