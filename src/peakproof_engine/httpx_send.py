"""Carries the engine's calls with httpx, for the engine as a process of its own."""

from __future__ import annotations

import httpx

from peakproof_engine.http import Headers


class HttpxSend:
    """A :data:`peakproof_engine.http.Send` over one connection pool.

    ``await sender(method, url, headers, body, timeout_s)``; see there for what it raises.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._client = httpx.AsyncClient(
            transport=transport, limits=limits, follow_redirects=False, trust_env=True
        )

    async def __call__(
        self, method: str, url: str, headers: Headers, body: bytes, timeout_s: float
    ) -> tuple[int, Headers, bytes]:
        """Make a call.

        Raises:
            ConnectionRefusedError: no connection was made, so nothing was done.
            TimeoutError: no answer within the time.
            ConnectionError: the connection failed before the whole answer was there.
        """
        try:
            answer = await self._client.request(
                method, url, headers=headers, content=body, timeout=timeout_s
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ConnectionRefusedError(str(error) or type(error).__name__) from None
        except httpx.TimeoutException as error:
            raise TimeoutError(str(error) or type(error).__name__) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ConnectionError(str(error) or type(error).__name__) from None
        return answer.status_code, dict(answer.headers), answer.content

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.aclose()
