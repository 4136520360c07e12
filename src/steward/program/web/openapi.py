"""What descriptions of APIs have in common: the schema of a problem, and responses that are one."""

from http import HTTPStatus
from typing import Any, TypeAlias

from steward.program.web.problems import MEDIA_TYPE

Responses: TypeAlias = dict[int | str, dict[str, Any]]
Schema: TypeAlias = dict[str, Any]

PROBLEM_SCHEMA: Schema = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["location", "message"],
                "properties": {"location": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
RETRY_AFTER: Schema = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}


def problem(status: HTTPStatus, description: str, headers: Schema | None = None) -> Responses:
    """Return a response for `responses=` of a route; its schema is the component `Problem`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    response: Schema = {"description": description, "content": content}
    return {int(status): response | ({"headers": headers} if headers else {})}
