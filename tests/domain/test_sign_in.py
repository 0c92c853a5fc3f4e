"""Who somebody is: a provider's claims and a proxy's headers, read strictly."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from lib.billing.domain.claims import from_claims
from lib.billing.domain.errors import SignInRefused
from lib.billing.domain.sign_in import SignIn, TrustedHeaders
from lib.billing.domain.trusted_headers import from_headers

NOON = 1_795_000_000
HOUR = 3_600
RULES = SignIn()
ANN = {
    "is_logged_in": True,
    "email": "Ann@Example.com",
    "name": "Ann",
    "iat": NOON - HOUR,
    "provider": "acme",
    "sub": "1",
}

REFUSED = {
    "no e-mail": ({"email": None}, "email_missing"),
    "an e-mail that is a number": ({"email": 7}, "email_missing"),
    "an e-mail that turns into another's": ({"email": "\u212aim@example.com"}, "email_missing"),
    "an e-mail without a host": ({"email": "ann@"}, "email_missing"),
    "two addresses in one": ({"email": "ann@example.com,root@example.com"}, "email_missing"),
    "an e-mail with a line break": ({"email": "ann@example.com\nx"}, "email_missing"),
    "not verified": ({"email_verified": False}, "email_unverified"),
    "not verified, as text": ({"email_verified": "false"}, "email_unverified"),
    "verified is null": ({"email_verified": None}, "email_unverified"),
    "no time": ({"iat": None}, "sign_in_undated"),
    "true for a time": ({"iat": True}, "sign_in_undated"),
    "a time as text": ({"iat": "soon"}, "sign_in_undated"),
    "no end of time": ({"iat": float("inf")}, "sign_in_undated"),
    "no number": ({"iat": float("nan")}, "sign_in_undated"),
    "before any time": ({"iat": -1}, "sign_in_undated"),
    "signed in thirteen hours ago": ({"iat": NOON - 13 * HOUR}, "sign_in_ended"),
    "signed in twelve hours ago to the second": ({"iat": NOON - 12 * HOUR}, "sign_in_ended"),
    "signed in next week": ({"iat": NOON + 7 * 24 * HOUR}, "sign_in_undated"),
    "a time in milliseconds": ({"iat": NOON * 1_000}, "sign_in_undated"),
}


@pytest.mark.parametrize(("claims", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_claims_that_count_for_nothing(claims, code):
    with pytest.raises(SignInRefused) as refused:
        from_claims(ANN | claims, RULES).at(NOON)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


ACCEPTED = {
    "an ordinary sign-in": {},
    "the e-mail is verified": {"email_verified": True},
    "the e-mail is verified, as text": {"email_verified": "true"},
    "a clock five minutes ahead": {"iat": NOON + 300},
    "almost twelve hours ago": {"iat": NOON - 12 * HOUR + 1},
}


@pytest.mark.parametrize("claims", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_claims_that_count(claims):
    found = from_claims(ANN | claims, RULES).at(NOON)
    assert (found.email, found.name, found.via, found.roles) == (
        "ann@example.com",
        "Ann",
        "acme",
        None,
    )


def test_nobody_who_has_not_signed_in_is_anybody():
    assert from_claims({}, RULES) is None
    assert from_claims({"is_logged_in": False, "email": "ann@example.com"}, RULES) is None


def test_the_age_is_the_company_s_choice():
    with pytest.raises(SignInRefused, match="it lasts 1 hour"):
        from_claims(ANN, SignIn(max_age=HOUR)).at(NOON)


GROUPS = {
    "a list": ("groups", {"groups": ["a", " b "]}, {"a", "b"}),
    "one text": ("groups", {"groups": "a b"}, {"a b"}),
    "none": ("groups", {}, set()),
    "things that are no texts": ("groups", {"groups": ["a", 7, None, "", {"b": 1}]}, {"a"}),
    "a section of it": ("realm_access.roles", {"realm_access": {"roles": ["a"]}}, {"a"}),
    "a section that is not there": ("realm_access.roles", {"realm_access": ["a"]}, set()),
    "a claim named by an address": (
        "https://example.com/groups",
        {"https://example.com/groups": ["a"]},
        {"a"},
    ),
}


@pytest.mark.parametrize(("claim", "claims", "groups"), GROUPS.values(), ids=GROUPS.keys())
def test_groups_come_from_the_configured_claim(claim, claims, groups):
    assert from_claims(ANN | claims, SignIn(groups_claim=claim)).groups == groups


def test_a_name_is_kept_short_and_printable():
    assert from_claims(ANN | {"name": "A\x1b[2Jnn" + "n" * 200}, RULES).name == "A[2Jnn" + "n" * 74
    assert from_claims(ANN | {"name": ""}, RULES).name == "ann@example.com"


def test_tabs_of_one_sign_in_share_its_key_and_the_next_sign_in_has_another():
    first = from_claims(ANN, RULES)
    assert from_claims(dict(ANN), RULES).key == first.key
    assert from_claims(ANN | {"iat": NOON}, RULES).key != first.key
    assert "ann" not in first.key


# A proxy's headers

SECRET = "a shared secret of some length"
BY_SECRET = TrustedHeaders(
    email="x-email", name="x-name", groups="x-groups", secret_header="x-proof", secret=SECRET
)
BY_PEER = TrustedHeaders(email="x-email", peers=(ip_network("10.0.0.5"), ip_network("fd00::/64")))
BY_BOTH = TrustedHeaders(
    email="x-email", secret_header="x-proof", secret=SECRET, peers=(ip_network("10.0.0.5"),)
)
UNREAD = TrustedHeaders(email="x-email", secret_header="x-proof", secret=None)
EMAIL = ("X-Email", "Ann@example.com")
PROOF = ("X-Proof", SECRET)

TURNED_AWAY = {
    "no proof at all": (BY_SECRET, [EMAIL], None, "proxy_unproven"),
    "a wrong secret": (BY_SECRET, [EMAIL, ("x-proof", "guess")], None, "proxy_unproven"),
    "an empty secret": (BY_SECRET, [EMAIL, ("x-proof", "")], None, "proxy_unproven"),
    "a secret beyond ASCII": (BY_SECRET, [EMAIL, ("x-proof", "ü" * 9)], None, "proxy_unproven"),
    "no secret is configured": (UNREAD, [EMAIL, ("x-proof", "")], None, "proxy_unproven"),
    "the secret twice": (BY_SECRET, [EMAIL, PROOF, PROOF], None, "header_doubled"),
    "the e-mail twice": (BY_SECRET, [EMAIL, EMAIL, PROOF], None, "header_doubled"),
    "the groups twice": (
        BY_SECRET,
        [EMAIL, PROOF, ("x-groups", "a"), ("X-Groups", "b")],
        None,
        "header_doubled",
    ),
    "another spelling beside it": (
        BY_SECRET,
        [EMAIL, PROOF, ("X_Email", "root@example.com")],
        None,
        "header_doubled",
    ),
    "another spelling alone": (
        BY_SECRET,
        [PROOF, ("X_Email", "root@example.com")],
        None,
        "header_doubled",
    ),
    "no e-mail": (BY_SECRET, [PROOF], None, "email_missing"),
    "two addresses in one header": (
        BY_SECRET,
        [PROOF, ("x-email", "ann@example.com, root@example.com")],
        None,
        "email_missing",
    ),
    "from elsewhere": (BY_PEER, [EMAIL], "10.0.0.6", "proxy_unproven"),
    "from nowhere": (BY_PEER, [EMAIL], None, "proxy_unproven"),
    "from a name": (BY_PEER, [EMAIL], "localhost", "proxy_unproven"),
    "the right place, no secret": (BY_BOTH, [EMAIL], "10.0.0.5", "proxy_unproven"),
    "the right secret, elsewhere": (BY_BOTH, [EMAIL, PROOF], "10.0.0.6", "proxy_unproven"),
    "headers are not trusted": (None, [EMAIL, PROOF], "127.0.0.1", "proxy_unproven"),
}


@pytest.mark.parametrize(
    ("trusted", "headers", "peer", "code"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys()
)
def test_headers_that_are_not_believed(trusted, headers, peer, code):
    with pytest.raises(SignInRefused) as refused:
        from_headers(headers, peer, SignIn(headers=trusted), NOON)
    assert refused.value.code == code
    assert SECRET not in str(refused.value)


BELIEVED = {
    "the secret": (BY_SECRET, [EMAIL, PROOF], None),
    "the secret, wherever from": (BY_SECRET, [EMAIL, PROOF], "203.0.113.9"),
    "the place": (BY_PEER, [EMAIL], "10.0.0.5"),
    "the place, seen by a dual socket": (BY_PEER, [EMAIL], "::ffff:10.0.0.5"),
    "a place in a network": (BY_PEER, [EMAIL], "fd00::17"),
    "both": (BY_BOTH, [EMAIL, PROOF], "10.0.0.5"),
}


@pytest.mark.parametrize(("trusted", "headers", "peer"), BELIEVED.values(), ids=BELIEVED.keys())
def test_headers_that_are_believed(trusted, headers, peer):
    found = from_headers(headers, peer, SignIn(headers=trusted), NOON)
    assert (found.email, found.via) == ("ann@example.com", "proxy")
    assert (found.since, found.until) == (NOON, NOON + 12 * HOUR)


def test_the_proxy_s_name_and_groups_are_taken_over():
    headers = [EMAIL, PROOF, ("x-name", "Ann"), ("x-groups", "helpdesk, board,,")]
    found = from_headers(headers, None, SignIn(headers=BY_SECRET), NOON)
    assert (found.name, found.groups) == ("Ann", {"helpdesk", "board"})


def test_the_secret_does_not_show():
    assert SECRET not in repr(SignIn(headers=BY_SECRET))
