"""How the issuer's keys are asked for: seldom, and known ones outlive its absence."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from lib.billing.domain.errors import KindeUnavailable, SignatureInvalid
from lib.billing.kinde.keys import AGAIN, FRESH, KEPT, PATIENCE, Keys
from lib.sandbox.kinde.signing import Ring
from tests.kinde.scene import entitlements, kinde
from tests.store.company import inbox_states


@dataclass
class Issuer:
    """Counts how often it is asked."""

    published: dict = field(default_factory=lambda: {"one": "key one"})
    away: bool = False
    asked: int = 0
    now: float = 0.0

    def keys(self) -> Keys:
        return Keys("https://issuer.example", ticks=lambda: self.now, fetch=self._fetch)

    def _fetch(self):
        self.asked += 1
        if self.away:
            raise KindeUnavailable("away")
        return dict(self.published)


def wanted(keys: Keys, kid: str):
    if keys.due(kid):
        keys.refresh(kid)
    return keys.key(kid)


def test_a_key_is_asked_for_once_an_hour():
    issuer = Issuer()
    keys = issuer.keys()
    for second in (0, 1, FRESH - 1):
        issuer.now = second
        assert wanted(keys, "one") == "key one"
    assert issuer.asked == 1
    issuer.now = FRESH
    wanted(keys, "one")
    assert issuer.asked == 2


def test_a_thousand_unknown_kids_are_one_question():
    issuer = Issuer()
    keys = issuer.keys()
    for number in range(1_000):
        with pytest.raises(SignatureInvalid):
            wanted(keys, f"made up {number}")
    assert issuer.asked == 1


def test_a_key_that_was_rolled_in_is_found_after_a_short_patience():
    issuer = Issuer()
    keys = issuer.keys()
    wanted(keys, "one")
    issuer.published["two"] = "key two"
    with pytest.raises(SignatureInvalid):
        wanted(keys, "two")
    issuer.now = PATIENCE
    assert wanted(keys, "two") == "key two"


def test_a_withdrawn_key_is_believed_for_an_hour_at_most():
    issuer = Issuer()
    keys = issuer.keys()
    wanted(keys, "one")
    issuer.published = {"two": "key two"}
    issuer.now = FRESH
    with pytest.raises(SignatureInvalid):
        wanted(keys, "one")


def test_known_keys_outlive_the_issuers_absence_for_a_day():
    issuer = Issuer()
    keys = issuer.keys()
    wanted(keys, "one")
    issuer.away = True
    issuer.now = FRESH
    assert wanted(keys, "one") == "key one"
    issuer.now = KEPT
    with pytest.raises(KindeUnavailable):
        wanted(keys, "one")


def test_an_issuer_that_is_away_is_not_hammered():
    issuer = Issuer(away=True)
    keys = issuer.keys()
    for number in range(100):
        with pytest.raises(KindeUnavailable):
            wanted(keys, f"any {number}")
    assert issuer.asked == 1
    issuer.away, issuer.now = False, AGAIN
    assert wanted(keys, "one") == "key one"


def test_while_the_keys_cannot_be_read_kinde_is_told_to_come_back(sqlite_store):
    with kinde(sqlite_store, kinde_issuer="http://127.0.0.1:9") as scene:
        event = scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        answer = scene.tell(event)
    assert (answer.status_code, answer.json()["code"]) == (503, "kinde_unavailable")
    assert inbox_states(sqlite_store) == {}


def test_while_the_database_is_away_kinde_is_told_to_come_back(tmp_path):
    from lib.billing.store.engine import Store

    store = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with kinde(store) as scene:
        event = scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        assert scene.tell(event).status_code == 503
    store.close()


def test_after_a_rotation_both_keys_are_good_until_the_old_one_is_dropped(sqlite_store):
    with kinde(sqlite_store) as scene:
        tenant = scene.tenant
        old = tenant.ring.signing
        tenant.ring.rotate()
        for number, key in enumerate((old, tenant.ring.signing)):
            event = tenant.publish("customer.plan_assigned", {"customer_id": number, "plan": "pro"})
            assert scene.post(Ring([key]).sign(event | {"iat": tenant._now()})).status_code == 200
    assert set(entitlements(sqlite_store)) == {"kinde:0", "kinde:1"}


def test_an_unknown_kid_is_a_400(sqlite_store):
    with kinde(sqlite_store) as scene:
        event = scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        token = scene.tenant.ring.sign(event | {"iat": scene.tenant._now()}, kid="made_up")
        assert scene.post(token).status_code == 400
