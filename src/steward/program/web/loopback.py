"""Whether a request comes from this machine, and was meant for it."""

import ipaddress

NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_loopback_name(host: str) -> bool:
    """Tell whether a Host header names this machine, with or without a port."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.lower() in NAMES


def is_loopback_peer(address: str) -> bool:
    """Tell whether an IP address is this machine's own; a name, and what is no address, is not."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)
