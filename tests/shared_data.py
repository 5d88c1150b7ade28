"""The real files that lie beside the repository on some machines; without them the tests that read them are skipped."""
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
CHATS = sorted((SHARED / "chat").glob("*.jsonl"))
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the repository")
