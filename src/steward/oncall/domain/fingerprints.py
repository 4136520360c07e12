"""What Alertmanager calls an alert: a hash of its labels."""

from collections.abc import Mapping

_OFFSET = 14_695_981_039_346_656_037
_PRIME = 1_099_511_628_211
_BITS = 0xFFFF_FFFF_FFFF_FFFF
_BETWEEN = b"\xff"


def fingerprint(labels: Mapping[str, str]) -> str:
    """Return the fingerprint of an alert with these labels: FNV-1a, 64 bits, as 16 hexadecimal digits."""
    value = _OFFSET
    for name, text in sorted(labels.items()):
        for byte in name.encode() + _BETWEEN + text.encode() + _BETWEEN:
            value = ((value ^ byte) * _PRIME) & _BITS
    return f"{value:016x}"
