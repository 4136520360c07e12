import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from steward.program.web.static_files import LastingFiles, static_url

SCRIPT = b"start();" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shell.js").write_bytes(SCRIPT)
    (tmp_path / "shell.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "page.css").write_text("p { color: red }")
    return tmp_path


async def fetched(folder: Path, path: str, **headers: str) -> httpx.Response:
    app = Starlette(routes=[Mount("/static", LastingFiles(folder))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        return await client.get(path, headers={"accept-encoding": "identity", **headers})


async def test_whoever_takes_gzip_is_sent_the_file_that_lies_beside(folder: Path) -> None:
    answer = await fetched(folder, "/static/shell.js", **{"accept-encoding": "br, gzip"})
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(SCRIPT)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


async def test_whoever_does_not_is_sent_the_file_and_caches_know_the_difference(folder: Path) -> None:
    answer = await fetched(folder, "/static/shell.js")
    assert (answer.content, answer.headers["vary"]) == (SCRIPT, "Accept-Encoding")
    assert "content-encoding" not in answer.headers


async def test_a_file_that_nobody_compressed_is_sent_as_it_is(folder: Path) -> None:
    answer = await fetched(folder, "/static/page.css", **{"accept-encoding": "gzip"})
    assert (answer.status_code, answer.text) == (200, "p { color: red }")
    assert "content-encoding" not in answer.headers
    assert (await fetched(folder, "/static/none.js", **{"accept-encoding": "gzip"})).status_code == 404


async def test_what_a_browser_has_is_not_sent_again(folder: Path) -> None:
    first = await fetched(folder, "/static/shell.js", **{"accept-encoding": "gzip"})
    again = await fetched(
        folder, "/static/shell.js", **{"accept-encoding": "gzip", "if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_changes_with_its_file(folder: Path) -> None:
    before = static_url(folder, "page.css")
    (folder / "page.css").write_text("p { color: blue }")
    assert static_url(folder, "page.css") != before
