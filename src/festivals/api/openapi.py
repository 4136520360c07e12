"""The API's description: every status that an operation can answer with stands in it."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from festivals.api.guards import API_PREFIX
from festivals.api.problems import REPLAYED
from steward.program.web.openapi import PROBLEM_SCHEMA, RETRY_AFTER, Responses, Schema, problem

_PROBLEM_SCHEMA: Schema = PROBLEM_SCHEMA | {
    "properties": PROBLEM_SCHEMA["properties"]
    | {
        "transaction_id": {
            "description": "The transaction that was refused and kept.",
            "type": "string",
            "format": "uuid",
        },
    },
}

PAYMENT_REQUIRED = problem(HTTPStatus.PAYMENT_REQUIRED, "The wallet holds less than the amount")
NOT_FOUND = problem(HTTPStatus.NOT_FOUND, "What the path or the body names does not exist")
CONFLICT = problem(HTTPStatus.CONFLICT, "The state of things does not allow it now")
NOT_READY = problem(HTTPStatus.SERVICE_UNAVAILABLE, "Names which of the database and the cache does not answer")
REPLAYABLE: Responses = {
    201: {
        "headers": {
            REPLAYED: {
                "description": "`true` when an earlier request with this key was answered so.",
                "schema": {"type": "string"},
            }
        }
    }
}

_INVALID = problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The request could never be allowed")
_EVERYWHERE = _INVALID | problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "The database cannot answer now; try again", RETRY_AFTER
)
_WITH_BODY = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large") | problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not application/json"
)
_WITH_TOKEN = problem(HTTPStatus.UNAUTHORIZED, "The token is missing or wrong")


def describe(app: FastAPI, *, token_needed: bool) -> None:
    """Make `app` describe the problems that all of its operations share."""

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, token_needed=token_needed)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI, *, token_needed: bool) -> Schema:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    for method, operation in _api_operations(document):
        shared = _EVERYWHERE | (_WITH_BODY if method == "post" else {}) | (_WITH_TOKEN if token_needed else {})
        operation["responses"] |= {str(status): response for status, response in shared.items()}
        if token_needed:
            operation["security"] = [{"token": []}]
    if token_needed:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return document


def _api_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        if path.startswith(API_PREFIX):
            for method, operation in methods.items():
                yield method, cast("Schema", operation)
