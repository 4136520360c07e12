"""What a browser takes."""

from starlette.datastructures import Headers


def takes_gzip(headers: Headers) -> bool:
    """Tell whether whoever sent a request's headers reads what is gzipped."""
    for accepted in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = accepted.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False
