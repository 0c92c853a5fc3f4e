"""The handbook's part on policies: their flags, one's own, bridges, and what others misprinted."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.policy import PRESETS
from ..domain.policy_flags import FLAGS
from ..domain.published import MISPRINTS

_OWN = """\
A policy of one's own starts from a preset (`base`, by default `portside`) and overrides flags:

```toml
policy = "ours"                     # what the projection is kept under

[policies.ours]
base = "chartmogul"
discounts = "forever"
```

`portside report NAME --policy ours` asks for it once. After a change of the configured policy run
`portside replay`. `past_due_leaves_after_days` needs a clock: MRR falls on a day when Stripe tells
of nothing, so that no row can hold it. Such a policy is for `--policy` and for bridges; as the
configured `policy` it is refused.

Prices that include tax count as listed, and the subscription's items say so (`tax_inclusive`).

`portside replay --policy stripe` folds everybody under another policy and keeps its movements
beside those of the configured one. They are used as long as nothing has changed since; then, and
without them, reports with `--policy` fold on the side, which takes longer and gives the same.

A **bridge** (`portside report bridge --policy stripe`) leads from our MRR to another policy's: one
line for every flag of MRR that differs, in the order of the table above, each going on from where
the one before it stopped, so that the lines sum exactly to the difference. It is held against all
movements under the other policy; what they say beyond the lines would be a line of its own,
`unexplained`."""


def policies() -> Iterator[str]:
    """What counts, by preset and flag; how to have one's own."""
    presets = list(PRESETS.values())
    yield "## What counts in MRR, by policy"
    yield ""
    yield f"| flag | in `portside.toml` | {' | '.join(policy.slug for policy in presets)} |"
    yield "|---|---|" + "---|" * len(presets)
    for flag in FLAGS:
        values = f" = {' · '.join(flag.choices)}" if flag.choices else ""
        told = " | ".join(flag.said(policy) for policy in presets)
        yield f"| {flag.label} | `{flag.name}`{values} | {told} |"
    yield ""
    yield _OWN
    yield ""


def misprints() -> Iterator[str]:
    """What publishers printed, and what their own definitions give."""
    yield "## Published numbers and their misprints"
    yield ""
    yield (
        "Every number that others publish as an example is a test here. Three of them are printed "
        "wrongly where they are published; Portside gives what the publisher's definition gives."
    )
    yield ""
    yield "| number | source | printed | right | why |"
    yield "|---|---|---|---|---|"
    for misprint in MISPRINTS:
        yield (
            f"| `{misprint.vector}` | {misprint.source} | {misprint.printed} | {misprint.right} "
            f"| {misprint.why} |"
        )
    yield ""
