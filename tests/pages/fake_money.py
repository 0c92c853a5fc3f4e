"""The MRR page's part of the fake company: twelve months in two currencies, and in euros."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from lib.billing import (
    AtFault,
    AuditLine,
    DatabaseUnavailable,
    ReceiptBalance,
    ReceiptConversion,
    ReceiptMovement,
    Receipts,
    RollForward,
    RollForwardLine,
    SelfAudit,
    Trend,
    TrendPoint,
)

FLOWS = {
    "new": 240_000,
    "reactivation": 12_000,
    "expansion": 60_000,
    "contraction": -18_000,
    "churn": -72_000,
}
DAY = 86_400
FIRST = 1_764_547_200  # 1 December 2025
RATE = Fraction(9, 10)


class FakeMoney:
    """Every month brings the same; ``reporting`` switches the reporting currency on."""

    empty: bool
    away: bool
    reporting: str | None = None
    rate_missing: bool = False
    broken: bool = False

    @property
    def reporting_currency(self) -> str | None:
        return self.reporting

    def mrr_currencies(self) -> tuple[str, ...]:
        if self.away:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        return () if self.empty else ("usd", "eur")

    def roll_forward(
        self, currency: str | None, *, by: str = "month", back: int = 12
    ) -> RollForward:
        code = currency or self.reporting or ""
        lines = tuple(self._line(number, code, currency is None) for number in range(12))
        until = date(2026, 11, 20) if currency is None else None
        return RollForward(code, currency is None, lines[-back:], 758, 2, until)

    def _line(self, number: int, code: str, reporting: bool) -> RollForwardLine:
        fx = -1_500 if reporting else 0
        opening = number * (sum(FLOWS.values()) + fx)
        missing = reporting and self.rate_missing and number == 11
        flows: dict[str, int | None] = dict(FLOWS)
        return RollForwardLine(
            period=f"{2025 + (number + 12) // 13}-{(number + 11) % 12 + 1:02}",
            starts=FIRST + number * 30 * DAY,
            ends=FIRST + (number + 1) * 30 * DAY,
            running=number == 11,
            currency=code,
            opening_minor=opening,
            flows=flows,
            reconstructed=dict.fromkeys(FLOWS, 0) | {"new": 90_000 if number == 0 else 0},
            fx_minor=None if missing else fx,
            closing_minor=None if missing else opening + sum(FLOWS.values()) + fx,
            committed_minor=None if missing or number < 11 else opening + 200_000,
            missing=("usd on 2026-11-22",) if missing else (),
        )

    def trend(self, currency: str | None, *, by: str = "month", back: int = 12) -> Trend:
        lines = self.roll_forward(currency, by=by, back=back).lines
        past = tuple(TrendPoint(line.ends - 1, line.closing_minor) for line in lines)
        end = lines[-1]
        if end.closing_minor is None:
            return Trend(end.currency, past, ())
        ahead = (
            TrendPoint(end.ends, end.closing_minor),
            TrendPoint(end.ends + 20 * DAY, end.committed_minor),
        )
        return Trend(end.currency, past, ahead)

    def receipts(
        self,
        part: str,
        currency: str | None,
        *,
        starts: int,
        ends: int,
        limit: int = 25,
        offset: int = 0,
    ) -> Receipts[Any]:
        found = self.roll_forward(currency)
        line = next(line for line in found.lines if line.starts == starts)
        number = line.amount(part)
        rows: list[Any] = []
        if currency is None:
            own = None if number is None else int(number / RATE)
            rows = [ReceiptConversion("usd", date(2026, 11, 1), own, RATE, number)]
        elif number and part in FLOWS:
            rows = [self._movement(i, part, number // 30) for i in range(30)]
        elif number:
            rows = [
                ReceiptBalance(f"cus_{i:04}", NAMES[i % 3], None, None, number // 30, starts)
                for i in range(30)
            ]
        page = tuple(rows[offset : offset + limit])
        told = None if self.broken and part == "new" else number
        return Receipts(part, line.currency, number, told, len(rows), page, line.missing)

    def _movement(self, i: int, kind: str, amount: int) -> ReceiptMovement:
        return ReceiptMovement(
            movement_id=f"cus_{i:04}:usd:{FIRST + i}",
            occurred_at=FIRST + i * 1_000,
            customer_id=f"cus_{i:04}",
            name=NAMES[i % 3],
            email=f"billing{i}@customer{i}.invalid",
            org_id=None,
            kind=kind,
            amount_minor=amount,
            before_minor=0,
            after_minor=amount,
            from_plan=None,
            to_plan="pro",
            from_interval=None,
            to_interval="month",
            subscription_id=f"sub_{i:04}",
            event_id=f"evt_{i:04}",
            reconstructed=i % 5 == 0,
            switched=False,
        )

    def self_audit(self) -> SelfAudit:
        wrong = (
            AtFault("movement", "cus_0001:usd:1764547200", "cus_0001", "It is wrong.", 100, 200),
        )
        return SelfAudit(
            (
                AuditLine(
                    "trend",
                    "usd",
                    "MRR is where its trend ends",
                    "MRR",
                    2_664_000,
                    "Sum of movements",
                    2_664_100 if self.broken else 2_664_000,
                    "money",
                    not self.broken,
                    wrong if self.broken else (),
                ),
                AuditLine(
                    "reporting_fx", "eur", "FX", "FX", None, "Direct", None, "money", None, (), "No"
                ),
            )
        )


NAMES = (
    "Harbour Lane Bakery",
    "![pixel](http://evil.test/name.png)",
    '=HYPERLINK("http://evil.test/","Click")',
)
