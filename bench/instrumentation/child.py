"""A long-lived process that does one way's work when it is told to.

Every way gets a process of its own, because libraries patch classes, share global registries and read the
environment when they are imported; it lives through the whole bench, so that rounds of all ways can interleave.
"""

import asyncio
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

_BENCH = Path(__file__).parents[1]
_LAST_WORDS = 1_500
_PATIENCE = 180.0
"""Seconds that one answer may take."""

Answer: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[..., Answer | Awaitable[Answer]]
"""What a child does when it is asked, with the question's keywords."""


class ChildFailed(Exception):
    """A way could not be set up, or failed in a round."""


class Child:
    """The parent's end: sets the work up in the child by calling `set_up` there, and asks for rounds."""

    def __init__(
        self, set_up: Callable[..., Work], arguments: Mapping[str, object], environment: Mapping[str, str] = {}
    ) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        paths = [str(_BENCH), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "instrumentation.child", f"{set_up.__module__}:{set_up.__name__}"],
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": "0"}
            | dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._name = f"{set_up.__name__} {json.dumps(dict(arguments))}"
        self._say(arguments)

    def ready(self) -> Self:
        """Wait until the work is set up; raises ChildFailed."""
        self._hear()
        return self

    def ask(self, **question: object) -> Answer:
        """Have the work done once and return what it found; raises ChildFailed."""
        self._say(question)
        return self._hear()

    def close(self) -> None:
        """End the child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(self, content: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(dict(content)) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ChildFailed(self._last_words()) from None

    def _hear(self) -> Answer:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], _PATIENCE)[0]:
            self._process.kill()
            raise ChildFailed(f"{self._name}: no answer within {_PATIENCE:g} seconds")
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise ChildFailed(self._last_words())
        answer: Answer = json.loads(line)
        return answer

    def _last_words(self) -> str:
        self._errors.seek(0)
        return f"{self._name}:\n{self._errors.read().decode(errors='replace')[-_LAST_WORDS:]}"


async def main() -> None:
    """Be the child: the work to set up is the argument, its arguments and the questions come line by line.

    All is done in one event loop, that lives as long as the process, as a server's does.
    """
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    module, name = sys.argv[1].split(":")
    work: Work = getattr(importlib.import_module(module), name)(**json.loads(sys.stdin.readline()))
    answer: Answer = {}
    while True:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        question = sys.stdin.readline()
        if not question:
            return
        done = work(**json.loads(question))
        answer = await done if isinstance(done, Awaitable) else done


if __name__ == "__main__":
    asyncio.run(main())
