"""A certificate authority for one run: it answers for the vendors' own host names."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

TRUST: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Where programs look for whom to trust: OpenSSL (Python, PHP, Ruby), requests, curl, Node."""


class Authority:
    """Issues a certificate for each host name that is asked for; nothing outside trusts it.

    ``file`` is its certificate as PEM. The keys live in this process and end with it.
    """

    def __init__(self, file: Path) -> None:
        import trustme  # noqa: PLC0415  # a tenth of a second that most commands need not wait

        self.file = file
        self._ca = trustme.CA(organization_name="peakproof rehearsal")
        self._ca.cert_pem.write_to_path(str(file))
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """What a server needs to be that host."""
        context = self._contexts.get(host)
        if context is None:
            context = self._contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._ca.issue_cert(host).configure_cert(context)
        return context

    def environment(self) -> dict[str, str]:
        """Variables by which most programs come to trust it."""
        return dict.fromkeys(TRUST, str(self.file))
