"""YAML as a person would write it, with the same bytes for the same value."""

from collections.abc import Mapping, Sequence

import yaml

Value = None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"]


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes these line breaks of Unicode raw, and reads them back as spaces.
    if any(mark in text for mark in "\x85\u2028\u2029"):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if _is_block(text) else None)


def _is_block(text: str) -> bool:
    """Tell whether a text has several lines that can be written below each other as they are."""
    lines = text.split("\n")
    return len(lines) > 1 and text == text.strip() and all(line.isprintable() for line in lines)


_Dumper.add_representer(str, _text)


def dump(value: Value, heading: str) -> bytes:
    """Write `value` with keys in the order given, below `heading` as a comment."""
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    body = yaml.dump(_plain(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return (comment + body).encode()


def _plain(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
