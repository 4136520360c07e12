"""What a program exposes, as text: from its address, or from a file."""

from pathlib import Path

import httpx

from steward.stack.errors import StackError

_ACCEPT = "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"
_SECONDS = 15.0


def fetched(place: str) -> str:
    """Return the text at an address or in a file; raises StackError."""
    return _from_address(place) if place.startswith(("http://", "https://")) else _from_file(Path(place))


def _from_address(url: str) -> str:
    try:
        answer = httpx.get(url, headers={"Accept": _ACCEPT}, timeout=_SECONDS, follow_redirects=True)
    except httpx.InvalidURL as error:
        raise StackError(f"{url} is no address: {error}") from None
    except httpx.TimeoutException:
        raise StackError(f"{url} did not answer within {_SECONDS:g} s") from None
    except httpx.HTTPError as error:
        raise StackError(
            f"{url} cannot be reached: {str(error) or type(error).__name__}", mend=_mend(url, error)
        ) from None
    if answer.status_code != httpx.codes.OK:
        raise StackError(
            f"{url} answered {answer.status_code} {answer.reason_phrase}",
            mend="give the address that Prometheus scrapes, e.g. http://localhost:9100/metrics; what asks for a "
            f"password can be fetched by other means: curl -u USER {url} | steward metrics import - ...",
        )
    return answer.text


def _mend(url: str, error: httpx.HTTPError) -> str:
    if "certificate" in str(error).lower():
        return f"where you trust it nevertheless: curl -k {url} | steward metrics import - ..."
    if url.startswith("https://"):
        return "exporters often speak plain http://"
    return "is the program running, and is this its port?"


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise StackError(f"{path} is not a text in UTF-8") from None
    except OSError as error:
        raise StackError(f"{path}: {error.strerror}", mend="an address starts with http:// or https://") from None
