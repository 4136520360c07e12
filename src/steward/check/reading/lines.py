"""YAML whose parts know their lines."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from steward.check.reading.errors import Unreadable

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times faster where PyYAML was built with libyaml."""
_BLOCK = frozenset({"|", ">"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document."""

    file: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """Where it begins, counted from 1; of a block of text, the first line of the text."""
        mark: int = self.node.start_mark.line
        return mark + (2 if self._style in _BLOCK else 1)

    @property
    def first_line(self) -> int:
        """Where it is announced."""
        mark: int = self.node.start_mark.line
        return mark + 1

    @property
    def last_line(self) -> int:
        """Where it ends."""
        mark: int = self.node.end_mark.line
        return mark + 1

    @property
    def keeps_lines(self) -> bool:
        """Tell whether each line of the text is a line of the file."""
        return self._style == "|"

    @property
    def _style(self) -> str | None:
        style: str | None = getattr(self.node, "style", None)
        return style

    def mapping(self, what: str) -> dict[str, "Part"]:
        """Return the entries; raises Unreadable where it is no mapping."""
        if self._is_nothing:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"{what} is no mapping", "write `name: value` lines")
        entries: dict[str, Part] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if name in entries:
                raise Part(self.file, key).wrong(f"{name} stands twice in {what}", "remove one of them")
            entries[name] = Part(self.file, value)
        return entries

    def items(self, what: str) -> list["Part"]:
        """Return the items; raises Unreadable where it is no list."""
        if self._is_nothing:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong(f"{what} is no list", "begin each item with `- `")
        return [Part(self.file, item) for item in self.node.value]

    def text(self, what: str) -> str:
        """Return the text; raises Unreadable where it is none."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong(f"{what} is no text", "write one value")
        return str(self.node.value)

    def texts(self, what: str) -> tuple[tuple[str, str], ...]:
        """Return the entries of a mapping of texts, sorted by name."""
        return tuple(sorted((name, part.text(f"{name} in {what}")) for name, part in self.mapping(what).items()))

    def wrong(self, message: str, mend: str) -> Unreadable:
        """Return an error at this part."""
        return Unreadable(self.file, self.first_line, message, mend)

    @property
    def _is_nothing(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:null"


def documents(file: str, text: str) -> Iterator[Part]:
    """Yield each document of a YAML text; raises Unreadable."""
    try:
        for node in yaml.compose_all(text, Loader=_LOADER):
            if node is not None:
                yield Part(file, node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise Unreadable(file, line, f"no YAML: {error.problem}", "mend the indentation or the quotes") from None
    except yaml.YAMLError as error:
        raise Unreadable(file, None, f"no YAML: {error}", "save it as text in UTF-8") from None
