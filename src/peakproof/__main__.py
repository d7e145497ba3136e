"""``python -m peakproof`` is the ``peakproof`` command."""

from peakproof.cli import main

main()
