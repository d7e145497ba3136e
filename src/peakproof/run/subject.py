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
_LAST_WORDS_S: Final = 2.0
_LOOK_S: Final = 0.02


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
        self._stopped = False

    async def start(self) -> None:
        """Start the process.

        Raises:
            ConnectorError: there is no such command, or it is not allowed to run.
        """
        starting = asyncio.ensure_future(self._spawn())
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                await starting  # so that there is somebody to stop
            raise
        except OSError as error:
            raise ConnectorError(
                f"The connector did not start: {self.command[0]}: {error.strerror or error}"
            ) from None

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
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
        code = await self._exit()
        await asyncio.wait((self._reading,), timeout=_LAST_WORDS_S)
        return code

    async def start_again(self) -> None:
        """Start it once more, when the process that was killed has gone.

        Raises:
            ConnectorError: it cannot be started any more.
        """
        await self._exit()
        if not self._stopped:
            await self.start()

    async def stop(self) -> None:
        """End the process and its children: asked first, killed after some seconds."""
        self._stopped = True
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._exit(), _GRACE_S)
        self._signal(signal.SIGKILL)
        await self._exit()
        assert self._reading is not None
        await asyncio.wait((self._reading,), timeout=_LAST_WORDS_S)
        if not self._reading.done():
            # Somebody left the group and keeps the output open; asyncio offers no way to let go.
            self._reading.cancel()
            self._process._transport.close()  # type: ignore[attr-defined]  # see above
            await asyncio.wait((self._reading,))

    def ready_s(self) -> float:
        """For how long it ran or wanted to run, in seconds; 0 where that cannot be told."""
        if self._process is None:
            return 0.0
        try:
            text = Path(f"/proc/{self._process.pid}/schedstat").read_text("ascii")
        except OSError:
            return 0.0
        ran, waited = text.split()[:2]
        return (int(ran) + int(waited)) / 1e9

    def kill(self) -> None:
        """End the process and its children at once; for when nothing else may be waited for."""
        if self._process is not None:
            self._signal(signal.SIGKILL)

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
        except (ProcessLookupError, PermissionError):
            return  # nobody is left in the group, or nobody but zombies

    async def _exit(self) -> int:
        """Wait for the end of the process alone: a child of it may keep its output open."""
        assert self._process is not None
        while self._process.returncode is None:
            await asyncio.sleep(_LOOK_S)
        return self._process.returncode

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while chunk := await self._process.stdout.read(4096):
            self._output += chunk
            del self._output[:-_KEPT_BYTES]
