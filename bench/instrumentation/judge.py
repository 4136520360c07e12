"""Cases of HTTP, played with every subject.

Each is played in a process of its own, forked from one that has imported the peer, because most of them count in
registries that all the process shares.
"""

import asyncio
import importlib
import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from instrumentation.child import Answer, Child, Work
from instrumentation.subjects import SUBJECTS
from rich.console import Console

from steward.testing.http_semantics import CASES, Case, Framework

_PATIENCE = 60
"""Seconds after which a case that does not end is ended."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one case in one framework with one subject."""

    subject: str
    case: Case
    framework: Framework
    outcome: str
    said: tuple[str, ...]


def play(cases: Sequence[Case]) -> Iterator[Played]:
    """Play every case with every subject."""
    for name, entry in SUBJECTS.items():
        Console(stderr=True).print(f"{name}: {len(cases)} cases", highlight=False)
        with Child(judged, {"subject": name}, entry.environment) as child:
            child.ready()
            for case in cases:
                for framework in case.frameworks:
                    if framework in entry.frameworks:
                        answer = child.ask(slug=case.slug, framework=framework)
                        yield Played(name, case, framework, answer["outcome"], tuple(answer["said"]))


def judged(subject: str) -> Work:
    """Be the child: plays cases with one subject."""
    cases = {case.slug: case for case in CASES}
    for module in SUBJECTS[subject].modules:
        importlib.import_module(module)

    def work(slug: str, framework: Framework) -> Answer:
        return _in_fork(lambda: asyncio.run(_judge(cases[slug], framework, subject)))

    return work


async def _judge(case: Case, framework: Framework, subject: str) -> Answer:
    verdict = await case.verdict(framework, SUBJECTS[subject].make())
    return {"outcome": verdict.outcome, "said": list(dict.fromkeys(verdict.said))}


def _in_fork(judge: Callable[[], Answer]) -> Answer:
    reading, writing = os.pipe()
    if os.fork() == 0:
        # Ends a case that hangs, however it hangs.
        signal.alarm(_PATIENCE)
        try:
            os.write(writing, json.dumps(judge()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        written = file.read()
    os.wait()
    if not written:
        return {"outcome": "wrong", "said": ["it broke the process, or did not end"]}
    answered: Answer = json.loads(written)
    return answered
