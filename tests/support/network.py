"""The network is off in tests: a socket goes to this machine or nowhere."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class NetworkIsOff(RuntimeError):
    """A test tried to reach another machine."""


def switch_off() -> None:
    """Refuse, for the rest of this process, to look up names or to connect to anything that is not this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def local_connect(self: socket.socket, address: Any) -> None:
        refuse_others(self.family, address)
        return connect(self, address)

    def local_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_others(self.family, address)
        return connect_ex(self, address)

    def local_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if not is_this_machine(host):
            raise NetworkIsOff(f"a test looked up {host!r}")
        return look_up(host, *rest, **more)

    socket.socket.connect = local_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = local_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = local_look_up


def refuse_others(family: int, address: Any) -> None:
    """Raise where an address is not of this machine."""
    if family in (socket.AF_INET, socket.AF_INET6) and not is_this_machine(address[0]):
        raise NetworkIsOff(f"a test connected to {address!r}")


def is_this_machine(host: str | bytes | None) -> bool:
    """Whether a host is this machine's loopback."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False
