"""The API's description: every status that an operation can answer with stands in it."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from steward.program.web.openapi import PROBLEM_SCHEMA, RETRY_AFTER, Responses, Schema, problem

API_PREFIX = "/api/v1/monitoring"

CONFLICT = problem(HTTPStatus.CONFLICT, "The state of things does not allow it now")

_EVERYWHERE: Responses = (
    problem(HTTPStatus.UNAUTHORIZED, "Nobody known asks")
    | problem(HTTPStatus.FORBIDDEN, "The caller's role does not cover it, or another site's page asks")
    | problem(HTTPStatus.NOT_FOUND, "What the path or the body names does not exist")
    | problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The request could never be allowed")
    | problem(HTTPStatus.SERVICE_UNAVAILABLE, "The store or a neighbour does not answer; try again", RETRY_AFTER)
)
_CHANGING = (
    CONFLICT
    | problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    | problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not application/json")
)
_SCHEMES: Schema = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token; loopback needs none."},
}


def describe(app: FastAPI) -> None:
    """Make `app` describe its API, with the problems that all operations share; pages and hooks are left out."""

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> Schema:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document["paths"] = {path: item for path, item in document["paths"].items() if path.startswith(API_PREFIX)}
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = _SCHEMES
    for method, operation in _operations(document):
        shared = _EVERYWHERE if method == "get" else _EVERYWHERE | _CHANGING
        operation["responses"] |= {str(status): response for status, response in shared.items()}
        operation["security"] = [{"token": []}, {}]
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    for methods in document["paths"].values():
        for method, operation in methods.items():
            yield method, cast("Schema", operation)
