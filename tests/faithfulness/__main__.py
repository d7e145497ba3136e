"""``python -m tests.faithfulness docs/faithfulness.md`` writes the page."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faithfulness.page import page

Path(sys.argv[1]).write_text(page(), "utf-8")
