"""Every sandbox that any test serves is judged: its answers, and the requests it accepted.

Imported by `tests/conftest.py`. After each test whatever passed since the test before is compared
with Stripe's document, so no test has to ask for it, and none can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.sandbox import testing
from tests.openapi.recording import JudgedApp, Ledger

_LEDGER = Ledger()
testing.wrappers.append(lambda app: JudgedApp(app, _LEDGER))


@pytest.fixture(autouse=True)
def judge_every_sandbox() -> Iterator[None]:
    """Fails the test during which an exchange departed from Stripe's document."""
    yield
    passed, _LEDGER.exchanges = _LEDGER.exchanges, []
    judged = Ledger(passed)
    findings = judged.response_findings() + judged.request_findings()
    if findings:
        pytest.fail("Not as Stripe's document says:\n" + "\n".join(findings), pytrace=False)
