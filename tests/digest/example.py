"""The digest that `docs/digest.md` shows, in its three forms.

`python -m tests.digest.example` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from lib.billing.digest.html import to_html
from lib.billing.digest.slack import to_blocks
from lib.billing.digest.spans import covered
from lib.billing.digest.spelled import Names
from lib.billing.digest.text import to_text
from lib.billing.digest.values import (
    Action,
    Customer,
    Digest,
    Ending,
    Failing,
    Left,
    Listed,
    Mrr,
    Share,
    Sum,
    Trouble,
    Upgraded,
)
from lib.billing.digest.wording import letter_of
from lib.billing.domain.times import parse_iso
from tests.domain.states import CATALOG

FOLDER: Final = Path(__file__).parents[2] / "docs" / "examples"
NOW: Final = parse_iso("2026-11-23T07:00:00Z")
DASHBOARD: Final = "https://billing.example.com"


def digest() -> Digest:
    return Digest(
        covered=covered("week", NOW, "Europe/Berlin"),
        timezone="Europe/Berlin",
        policy="portside",
        livemode=True,
        judged_at=NOW,
        as_of=None,
        watermark=1,
        mrr=(
            Mrr("usd", 325_242, 9_450, 0, 7_000, 0, -2_900, 338_792, 0, 1, Share(1, 85, 0.011765)),
            Mrr("jpy", 180_000, 0, 12_000, 0, -3_000, 0, 189_000, 0, 0, None),
        ),
        unmoved=("eur",),
        upgrades=Listed(
            (Sum("usd", 6, 9_900),),
            (
                Upgraded(
                    customer=Customer("cus_1", "kaito@solvanta.example.com", "Solvanta Music K.K."),
                    kind="expansion",
                    delta_minor=7_000,
                    currency="usd",
                    from_plan="starter",
                    to_plan="pro",
                    from_interval="month",
                    to_interval="month",
                    change="plan",
                    occurred_at=parse_iso("2026-11-18T09:00:00Z"),
                ),
            ),
        ),
        churned=Listed(
            (Sum("usd", 1, 2_900),),
            (
                Left(
                    customer=Customer("cus_2", "viggo@eldermoss.example.org", "Viggo Wetherlow"),
                    mrr_minor=2_900,
                    currency="usd",
                    plan="pro",
                    cause="voluntary",
                    reason="missing_features",
                    comment="We need exports by the hour.",
                    left_at=parse_iso("2026-11-16T12:00:00Z"),
                    switched=False,
                ),
            ),
        ),
        winding_down=Listed(
            (Sum("usd", 1, 8_250),),
            (
                Ending(
                    customer=Customer("cus_3", None, "Juniperra Imaging S.r.l."),
                    subscription_id="sub_3",
                    plan="pro",
                    mrr_minor=8_250,
                    currency="usd",
                    ends_at=parse_iso("2026-11-27T23:00:00Z"),
                    requested_at=parse_iso("2026-11-17T10:00:00Z"),
                    reason="too_expensive",
                ),
            ),
        ),
        failing=Listed(
            (Sum("usd", 1, 9_900),),
            (
                Failing(
                    customer=Customer("cus_4", "niamh@willowane.example.org", None),
                    invoice_id="in_4",
                    number="X6ZWNZWF-0003",
                    remaining_minor=9_900,
                    currency="usd",
                    failed_at=parse_iso("2026-11-20T10:00:00Z"),
                    next_attempt_at=parse_iso("2026-11-24T10:00:00Z"),
                    final_attempt=False,
                    decline_code="insufficient_funds",
                ),
            ),
        ),
        recovered=(Sum("usd", 1, 2_900),),
        trouble=Trouble(2, 1, 0, 0, False, NOW - 60),
        actions=(
            Action("differences", "sync", 2),
            Action("final_attempts", "failed-payments", 2, (Sum("usd", 2, 10_800),)),
            Action("last_days", "winding-down", 1, (Sum("usd", 1, 8_250),)),
        ),
    )


def rendered() -> dict[str, str]:
    """The forms by the name of their file."""
    letter = letter_of(digest(), Names(CATALOG, "Europe/Berlin", DASHBOARD))
    blocks = json.dumps({"blocks": to_blocks(letter)}, ensure_ascii=False, indent=1)
    return {
        "digest.txt": to_text(letter),
        "digest.html": to_html(letter),
        "digest.slack.json": f"{blocks}\n",
    }


if __name__ == "__main__":
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, "utf-8")
