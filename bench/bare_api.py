"""The API without its instruments, for comparison: no middleware, no hooks on the database or the cache.

The business counters stay; they are three increments a purchase.
"""

from unittest.mock import patch

from fastapi import FastAPI

from festivals.api import app as api
from steward.instrument import MetricsMiddleware


def create() -> FastAPI:
    """Return the application that uvicorn serves."""
    with patch.object(api, "watch_database"), patch.object(api, "watch_cache"):
        app = api.create()
    counted: object = MetricsMiddleware
    app.user_middleware = [layer for layer in app.user_middleware if layer.cls is not counted]
    return app
