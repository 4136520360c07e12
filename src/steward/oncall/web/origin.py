"""Where a request comes from: from this machine or beyond, from our own pages or another site's."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from steward.program.web.loopback import is_loopback_name, is_loopback_peer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_LONGEST_ADDRESS = 64
_SINGLE = ("x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "fly-client-ip")
_NAMES = ("x-forwarded-host", "x-forwarded-server")


def from_this_machine(request: HTTPConnection) -> bool:
    """Tell whether everyone on the way is this machine, and the request was meant for it by name.

    The name keeps out pages of the internet whose host name was pointed here (DNS rebinding).
    """
    headers = request.headers
    return (
        request.client is not None
        and is_loopback_peer(request.client.host)
        and len(headers.getlist("host")) == 1
        and is_loopback_name(headers["host"])
        and "via" not in headers
        and all(is_loopback_peer(hop) for hop in forwarded_for(headers))
        and all(is_loopback_name(name) for name in _forwarded_names(headers))
    )


def from_another_site(method: str, headers: Headers, *, public_url: str) -> bool:
    """Tell whether a browser says that another site's page made this request.

    Following a link to one of our pages is no such request. Programs send none of these headers.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        follows = method in SAFE_METHODS and headers.get("sec-fetch-mode") == "navigate"
        return site not in {"same-origin", "none"} and not follows
    origin = headers.get("origin")
    if origin is None:
        return False
    ours = {headers.get("host", "").lower(), urlsplit(public_url).netloc.lower()}
    return _authority(origin) not in ours


def peer(request: HTTPConnection) -> str:
    """Return the address of who asks: the last hop that is not this machine, where a forwarder here names it.

    Only what forwarders append to is read: a header that they pass through could say anything.
    """
    direct = request.client.host if request.client is not None else ""
    if not is_loopback_peer(direct):
        return direct
    appended = _x_forwarded_for(request.headers) or _forwarded(request.headers)
    beyond = [hop for hop in appended if not is_loopback_peer(hop)]
    return beyond[-1][:_LONGEST_ADDRESS] if beyond else direct


def forwarded_for(headers: Headers) -> list[str]:
    """Return whom the forwarders on the way had before them, as they say; what cannot be read stays as it is."""
    single = [_address(line) for name in _SINGLE for line in headers.getlist(name)]
    return _forwarded(headers) + _x_forwarded_for(headers) + single


def _forwarded(headers: Headers) -> list[str]:
    return [_address(part) for line in headers.getlist("forwarded") for part in _elements(line, "for")]


def _x_forwarded_for(headers: Headers) -> list[str]:
    return [_address(part) for line in headers.getlist("x-forwarded-for") for part in line.split(",")]


def _forwarded_names(headers: Headers) -> Iterator[str]:
    for name in _NAMES:
        for line in headers.getlist(name):
            yield from (part.strip() for part in line.split(","))


def _elements(line: str, wanted: str) -> Iterator[str]:
    """Yield that parameter of each element of a `Forwarded` line, empty where one lacks it."""
    for element in line.split(","):
        pairs = (pair.partition("=") for pair in element.split(";"))
        yield next((value for key, _, value in pairs if key.strip().lower() == wanted), "")


def _address(text: str) -> str:
    """Return an address without quotes, brackets and port."""
    plain = text.strip().strip('"')
    if plain.startswith("["):
        return plain[1:].partition("]")[0]
    return plain.partition(":")[0] if plain.count(":") == 1 else plain


def _authority(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
