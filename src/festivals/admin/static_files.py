"""The dashboard's own files, which a browser may keep: their addresses change with them."""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"

_KEPT = "public, max-age=31536000, immutable"


class LastingFiles(StaticFiles):
    """Serves `FOLDER` for keeps."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; raises HTTPException 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _KEPT
        return response


def static_url(name: str) -> str:
    """Return the address of a file as it is now."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
