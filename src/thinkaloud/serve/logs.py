"""Logs: one JSON object a line. Sessions, refusals and failures; never audio, never text that was said, never keys."""

import json
import logging
import time
from typing import Any

_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}


class JsonLines(logging.Formatter):
    """A record as JSON: time, level, logger, message, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"time": f"{moment}.{int(record.msecs):03d}Z", "level": record.levelname.lower(), "logger": record.name}
        line["message"] = record.getMessage()
        line |= {key: value for key, value in vars(record).items() if key not in _PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class NotRefusals(logging.Filter):
    """Drops what uvicorn calls an error and is none: a session that was refused before it began, in good order.

    Its WebSockets do not know that a denial ends the handshake (Kludex/uvicorn#3138). All of ours are accepted or denied.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is kept."""
        return record.msg != "ASGI callable returned without completing handshake."


def log_config(level: str = "info") -> dict[str, Any]:
    """For logging.config.dictConfig and uvicorn: everything as JSON lines on stderr."""
    handler = {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr", "filters": ["in order"]}
    quiet = {"handlers": ["out"], "level": "WARNING", "propagate": False}
    loud = {"handlers": ["out"], "level": level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.JsonLines"}},
        "filters": {"in order": {"()": f"{__name__}.NotRefusals"}},
        "handlers": {"out": handler},
        "loggers": {"thinkaloud": loud, "uvicorn": loud, "uvicorn.access": quiet},
    }
