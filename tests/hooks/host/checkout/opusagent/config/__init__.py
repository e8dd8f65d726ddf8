"""Settings, read from the environment when they are asked for."""

import os
from types import SimpleNamespace


def get_config():
    sessions = int(os.environ.get("WEBSOCKET_MAX_SESSIONS_PER_CONNECTION", "10"))
    return SimpleNamespace(websocket=SimpleNamespace(max_sessions_per_connection=sessions))
