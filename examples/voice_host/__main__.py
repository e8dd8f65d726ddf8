"""``python -m examples.voice_host``: run the host on one port, by default 8080."""

from __future__ import annotations

import os

import uvicorn

from examples.voice_host.app import create_app

if __name__ == "__main__":
    uvicorn.run(
        create_app(), host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8080"))
    )
