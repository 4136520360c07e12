"""The project that a command is about: the nearest pyproject.toml, which says where its catalogue is."""

import importlib
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from steward.model import Catalogue, CatalogueError
from steward.stack import state
from steward.stack.state import State

VARIABLE = "STEWARD_PROJECT"
"""Set by the wrapper, which lies in the project's root."""
_FILE = "pyproject.toml"
_SETTING = f"`catalogue` of [tool.steward] in {_FILE}"


def project_folder() -> Path:
    """Return the project's root: what the wrapper says, else the nearest folder upwards with a catalogue."""
    if given := os.environ.get(VARIABLE):
        return Path(given).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _FILE).is_file() and "steward" in _tools(folder / _FILE):
            return folder
    raise CatalogueError(
        f"neither {here} nor a folder above it is a project of steward: there is no {_SETTING}; "
        f"change into the project, or set {VARIABLE} to its folder"
    )


def state_folder() -> State:
    """Return the state folder of the present project, which need not exist."""
    chosen = os.environ.get(state.VARIABLE)
    return state.locate(Path.cwd() if chosen else project_folder(), os.environ)


def load_catalogue(project: Path) -> Catalogue:
    """Import the project's catalogue; raises CatalogueError."""
    place = _place(project)
    module_name, _, name = place.partition(":")
    for folder in (project / "src", project):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.append(str(folder))
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise CatalogueError(f"{_SETTING} is {place!r}, but there is no module {error.name}") from None
    catalogue = getattr(module, name, None)
    if not isinstance(catalogue, Catalogue):
        raise CatalogueError(f"{_SETTING} is {place!r}, but {name} in {module_name} is not a Catalogue")
    return catalogue


def _place(project: Path) -> str:
    ours = _tools(project / _FILE).get("steward")
    place = ours.get("catalogue") if isinstance(ours, dict) else None
    if not isinstance(place, str) or not all(place.partition(":")):
        raise CatalogueError(f"{project}: {_SETTING} is not of the form 'package.module:NAME'")
    return place


def _tools(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text())
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path} is not TOML: {error}") from None
    tools = content.get("tool", {})
    return tools if isinstance(tools, dict) else {}
