"""A program's own files, which a browser may keep: their addresses change with them.

Beside a file may lie the same file gzipped, `NAME.gz`: whoever takes that is sent that.
"""

import hashlib
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from steward.program.web.encoding import takes_gzip

_KEPT = "public, max-age=31536000, immutable"


class LastingFiles(StaticFiles):
    """Serves a folder for keeps."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; raises HTTPException 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _KEPT
        if not isinstance(response, FileResponse) or not _is_compressed(Path(response.path)):
            return response
        response.headers["Vary"] = "Accept-Encoding"
        return await self._compressed(path, scope) if takes_gzip(Headers(scope=scope)) else response

    async def _compressed(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(f"{path}.gz", scope)
        kind = guess_type(path)[0] or "application/octet-stream"
        content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        same = {"Content-Type": content_type, "Content-Encoding": "gzip"}
        response.headers.update({**same, "Cache-Control": _KEPT, "Vary": "Accept-Encoding"})
        return response


def _is_compressed(file: Path) -> bool:
    return file.with_name(f"{file.name}.gz").is_file()


def static_url(folder: Path, name: str) -> str:
    """Return the address of a file as it is now, below `/static/`."""
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
