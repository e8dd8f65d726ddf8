"""A process whose store never answers, and which ends all the same: says when it is at its end."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from pathlib import Path

from opusagent_voiceprint.calls import records as records_module
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import SQLiteStorage


class Dead(SQLiteStorage):
    """Never comes back from a read."""

    def get(self, caller_id: str) -> Caller | None:
        threading.Event().wait()
        return super().get(caller_id)


async def main(folder: Path) -> None:
    records_module._READ_TIMEOUT = records_module._CLOSE_SECONDS = 0.1  # type: ignore[misc]
    records = Records(StoreAccess.of(Dead(folder / "voices.db")), patience=0.1)
    for _ in range(2):
        with contextlib.suppress(StorageError):
            await records.get("somebody")
    began = time.monotonic()
    records.close()
    print(f"closed {time.monotonic() - began:.1f}", flush=True)  # noqa: T201 - the parent reads it


asyncio.run(main(Path(sys.argv[1])))
