"""What a browser takes."""

from starlette.datastructures import Headers


def takes_gzip(headers: Headers) -> bool:
    """Tell whether whoever sent a request's headers reads what is gzipped."""
    accepted = headers.get("accept-encoding", "")
    return "gzip" in {part.strip().lower() for part in accepted.split(",")}
