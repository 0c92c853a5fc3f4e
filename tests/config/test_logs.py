"""Nothing that opens a door reaches a log."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest
import structlog

from lib.billing import logs

SECRETS = {
    "an API key": "Invalid key rk_live_51HushHush given",
    "a signing secret": "whsec_HushHush does not match",
    "a client secret": "pi_1_secret_HushHush",
    "a portal session": "see https://billing.stripe.com/p/session/test_HushHush now",
    "a checkout session": "https://checkout.stripe.com/c/pay/cs_test_HushHush#fid",
    "a JWT": "sent eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJIdXNoSHVzaCJ9.HushHush in the body",
    "a bearer token": "headers=[(b'Authorization', b'Bearer HushHush.HushHush')]",
    "a link of the pricing page": "GET /pricing/main?lang=de&t=v1.HushHush.HushHush",
    "a password in an address": "postgresql://me:HushHush@db.example/portside",
}


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    kept, level, makes = root.handlers[:], root.level, logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(makes)
    root.handlers[:], root.level = kept, level
    structlog.reset_defaults()


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_hidden_in_both_kinds_of_log(text, capsys):
    logs.set_up_logs()
    structlog.get_logger().warning("it_happened", said=text, inside={"list": [text]})
    logging.getLogger("library").warning("It said %s", text)
    logged = capsys.readouterr().err
    assert "it_happened" in logged
    assert "library" in logged
    assert "HushHush" not in logged


def test_a_value_is_hidden_for_its_name():
    assert logs.redact({"api_key": "x", "url": "https://a.example", "name": "Ann"}) == {
        "api_key": logs.HIDDEN,
        "url": logs.HIDDEN,
        "name": "Ann",
    }


def test_a_traceback_is_searched_too(capsys):
    logs.set_up_logs()
    try:
        raise ValueError("whsec_HushHush")
    except ValueError:
        structlog.get_logger().exception("it_broke")
    line = json.loads(capsys.readouterr().err)
    assert "ValueError" in line["exception"]
    assert "HushHush" not in line["exception"]


def test_the_traceback_of_a_library_is_searched_too(capsys):
    logs.set_up_logs()
    try:
        raise ValueError("https://billing.stripe.com/p/session/live_HushHush")
    except ValueError as error:
        try:
            raise RuntimeError("rk_live_HushHush") from error
        except RuntimeError:
            logging.getLogger("library.error").exception("It broke", stack_info=True)
    logged = capsys.readouterr().err
    assert "RuntimeError" in logged
    assert "test_logs.py" in logged
    assert "HushHush" not in logged


LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_library_with_a_handler_of_its_own_is_searched_at_every_level(text):
    logs.set_up_logs(logging.DEBUG)
    written = StringIO()
    library = logging.Logger("library.apart", logging.DEBUG)
    library.addHandler(logging.StreamHandler(written))
    for level in LEVELS:
        library.log(level, "%d: it said %s", level, text)
        try:
            raise ValueError(text)
        except ValueError:
            library.log(level, "It broke", exc_info=True)
    assert written.getvalue().count("Traceback") == len(LEVELS)
    assert all(f"{level}: it said" in written.getvalue() for level in LEVELS)
    assert "HushHush" not in written.getvalue()


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_our_own_log_is_searched_at_every_level(text, capsys):
    logs.set_up_logs(logging.DEBUG)
    log = structlog.get_logger()
    for say in (log.debug, log.info, log.warning, log.error, log.critical):
        say("it_happened", said=text, inside={"list": [text]})
    logged = capsys.readouterr().err
    assert logged.count("it_happened") == 5
    assert "HushHush" not in logged
