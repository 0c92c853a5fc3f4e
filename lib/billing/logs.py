"""One line of JSON a log event on standard error, with nothing in it that opens a door."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

HIDDEN: Final = "(hidden)"
_SECRETS: Final = re.compile(
    r"\b(?:sk|rk|pk)_(?:test|live)_\w+"  # API keys
    r"|\bwhsec_\w+"  # signing secrets
    r"|\b\w+_secret_\w+"  # client secrets
    r"|https?://[^\s\"'<>]*(?:/p/session/|/c/pay/|/session/)[^\s\"'<>]*"  # session addresses
    r"|(?<=hooks\.slack\.com/)[^\s\"'<>]+"  # who has it can post
    r"|(?<=[?&]t=)v1\.[\w.-]+"  # a token of the return page or the pricing page
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT: Kinde's access token, a plan as a claim
    r"|(?<=\bBearer )[\w.~+/-]{8,}=*"
    r"|(?<=://)[^/\s:@]*:[^/\s@]*(?=@)"  # a password in an address
)
_SECRET_NAMES: Final = re.compile(r"secret|token|password|api_key|authorization|cookie|^url$", re.I)


_TRACEBACKS: Final = logging.Formatter()


def redact(value: Any) -> Any:
    """``value`` without secrets, at any depth."""
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {
            key: HIDDEN if _SECRET_NAMES.search(str(key)) and inner else redact(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact(inner) for inner in value]
    return value


def hide_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A structlog processor."""
    cleaned: EventDict = redact(event)
    return cleaned


class RedactingFilter(logging.Filter):
    """The same for what libraries log the standard way, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            # Formatted here: a formatter would add what the exceptions say after this.
            record.exc_text = redact(_TRACEBACKS.formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


class _Redacted(logging.LogRecord):
    """A record that holds no secret from its beginning, whichever handler will write it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        RedactingFilter().filter(self)


def _guard() -> None:
    """Redact what is logged the standard way in this process at every level, by any library.

    A library that brings handlers of its own (Streamlit, a server) is heard by no filter of ours.
    """
    logging.setLogRecordFactory(_Redacted)


def set_up_logs(level: int = logging.INFO) -> None:
    """Configure structlog and the standard root logger. Call once, when a program starts."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _guard()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(RedactingFilter())
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
