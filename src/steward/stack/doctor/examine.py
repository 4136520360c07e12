"""The whole examination, in the order in which one would mend."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from steward.model import Catalogue, CatalogueError
from steward.stack.doctor import channels, machine, python, site
from steward.stack.doctor.check import Check, fail, guarded
from steward.stack.state import State


def examine(
    project: Path, load: Callable[[Path], Catalogue], state: State, environ: Mapping[str, str]
) -> list[Check]:
    """Return every check; `load` reads the project's catalogue, without which its programs are not known."""
    catalogue = _loaded(project, load)
    looks: list[tuple[str, Callable[[], Iterable[Check]]]] = [
        ("python", python.check_interpreter),
        ("packages", partial(python.check_packages, project)),
    ]
    if isinstance(catalogue, Catalogue):
        looks += [
            ("programs", partial(site.check_programs, catalogue, state)),
            ("users", partial(site.check_users, catalogue, state)),
            ("ports", partial(site.check_ports, catalogue, state, environ)),
            ("channels", partial(channels.check_channels, catalogue, environ)),
        ]
    else:
        looks.append(("catalogue", lambda: [catalogue]))
    looks += [
        ("state folder", partial(site.check_state, state)),
        ("disk", partial(site.check_disk, state)),
        ("memory", machine.check_memory),
        ("limits", machine.check_limits),
    ]
    return [check for name, look in looks for check in guarded(name, look)]


def _loaded(project: Path, load: Callable[[Path], Catalogue]) -> Catalogue | Check:
    try:
        return load(project)
    except CatalogueError as error:
        return fail("catalogue", str(error), "Mend the catalogue.")
    except Exception as error:  # noqa: BLE001 - a catalogue is a program, and may fail in any way
        return fail("catalogue", f"it cannot be read: {type(error).__name__}: {error}", "Mend the catalogue.")
