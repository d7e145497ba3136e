"""The fakes on the in-memory network, for unmodified asyncio clients in a virtual run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from peakproof.wire.face import Face

if TYPE_CHECKING:
    from peakproof.wire.control import Control
    from peakproof.wire.exchange import Wire
    from peakproof.wire.network import Network

PORTS: Final = (80, 443)
"""Where each system listens; there is no TLS in memory, on 443 neither."""


def serve_in_memory(wire: Wire, network: Network, *, control: Control | None = None) -> None:
    """Let every host of the wire listen on a network, through the same pipeline as all calls.

    Latency is the weather's: the network of a run that has weather takes no time itself.
    """
    for host, system in wire.hosts.items():
        name, _, port = host.partition(":")
        face = Face(wire, system, control=control)
        for number in (int(port),) if port else PORTS:
            network.listen(name, number, face)
