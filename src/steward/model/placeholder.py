"""Placeholders in a service's arguments and environment.

The same service runs as a child process, in Compose and in Kubernetes; what differs is where its files lie and
at which address its neighbours answer. Those places are written as placeholders:

| placeholder | stands for |
|---|---|
| `{host}` | the address the service listens on |
| `{port}`, `{port.NAME}` | its first port, or the port called NAME |
| `{address.SERVICE}` | host:port at which this service reaches the first port of another one |
| `{config}`, `{data}`, `{run}` | its folders for configuration (read), data (kept) and sockets (lost at a stop) |
| `{secret.NAME}` | the file that holds a secret |
| `{value.NAME}` | the secret itself; only in a child process's environment, for programs that read no file |
| `{python}` | the Python interpreter |
| `{project}` | the folder of the project whose catalogue this is; only for a child process |
"""

import re
from collections.abc import Callable, Iterator

_PLACEHOLDER = re.compile(r"\{(?P<kind>[a-z]+)(?:\.(?P<name>[a-z0-9-]+))?\}")

KINDS = frozenset({"host", "port", "address", "config", "data", "run", "secret", "value", "python", "project"})

Resolve = Callable[[str, str | None], str]
"""(kind, name after the dot or None) -> the text that takes its place."""


def expand(text: str, resolve: Resolve) -> str:
    """Replace every placeholder in `text` by what `resolve` says of it."""
    return _PLACEHOLDER.sub(lambda match: resolve(match["kind"], match["name"]), text)


def placeholders(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield (kind, name) of each placeholder in `text`."""
    for match in _PLACEHOLDER.finditer(text):
        yield match["kind"], match["name"]
