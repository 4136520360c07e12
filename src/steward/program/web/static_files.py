"""A program's own files, which a browser may keep: their addresses change with them."""

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_KEPT = "public, max-age=31536000, immutable"


class LastingFiles(StaticFiles):
    """Serves a folder for keeps."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; raises HTTPException 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _KEPT
        return response


def static_url(folder: Path, name: str) -> str:
    """Return the address of a file as it is now, below `/static/`."""
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
