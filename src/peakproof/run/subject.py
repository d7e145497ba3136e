"""A connector as a process: its command with addresses filled in, its output, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from peakproof.errors import ConnectorError, UsageError
from peakproof.toml_file import nearest

_HOLE: Final = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?)\}")
_KEPT_BYTES: Final = 65_536
_SHOWN_LINES: Final = 12
_GRACE_S: Final = 5.0


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each ``{name}`` by its value.

    Raises:
        UsageError: there is no such name; the message has the nearest ones.
    """

    def value(hole: re.Match[str]) -> str:
        name = hole.group(1)
        if name not in values:
            near = nearest(name, values)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(values))}"
            raise UsageError(f"{{{name}}} in {text!r}: there is no such placeholder; {hint}")
        return values[name]

    return _HOLE.sub(value, text)


class Subject:
    """One connector process in a process group of its own, so that its children end with it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path):
        self.command = list(command)
        self._environment = {**os.environ, **environment}
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._output = bytearray()
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process.

        Raises:
            ConnectorError: there is no such command, or it is not allowed to run.
        """
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=self._folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ConnectorError(
                f"The connector did not start: {self.command[0]}: {error.strerror or error}"
            ) from None
        self._reading = asyncio.create_task(self._read())

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process is not None and self._process.returncode is None

    @property
    def exit_code(self) -> int | None:
        """What the process ended with, None while it runs."""
        return None if self._process is None else self._process.returncode

    async def ended(self) -> int:
        """Wait for the end of the process and of its output."""
        assert self._process is not None
        assert self._reading is not None
        code = await self._process.wait()
        await asyncio.wait((self._reading,), timeout=_GRACE_S)
        return code

    async def stop(self) -> None:
        """End the process and its children: asked first, killed after some seconds."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _GRACE_S)
        self._signal(signal.SIGKILL)
        await self._process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))

    def last_words(self) -> str:
        """The end of what the process printed."""
        lines = self._output.decode("utf-8", "replace").splitlines()
        return (
            "\n".join(f"  | {line}" for line in lines[-_SHOWN_LINES:]) or "  (it printed nothing)"
        )

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while chunk := await self._process.stdout.read(4096):
            self._output += chunk
            del self._output[:-_KEPT_BYTES]
