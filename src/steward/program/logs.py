"""Logs: one JSON object a line on stderr, whoever writes them."""

import logging
import logging.config

import structlog
from structlog.typing import EventDict, Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]

_QUIET = ("sqlalchemy", "procrastinate", "asyncio", "httpx", "httpcore")
"""Libraries whose everyday messages nobody reads; httpx's hold addresses, and an address may be a secret."""


def configure_logging(service: str) -> None:
    """Send every log of this process, ours and the libraries', to stderr; `service` says whose it is.

    An exception becomes the field `exception`, a traceback as text.
    """

    def name_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        event.pop("color_message", None)  # uvicorn's, for terminals
        return {"service": service, **event}

    formatter: dict[str, object] = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            name_service,
            structlog.processors.JSONRenderer(),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {name: {"level": "WARNING"} for name in _QUIET},
        }
    )
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
