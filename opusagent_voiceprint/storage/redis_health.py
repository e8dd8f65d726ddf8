"""What in a Redis server's settings can lose callers, said in words to its operator."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from opusagent_voiceprint.storage.redis_client import import_redis
from opusagent_voiceprint.storage.redis_records import text

__all__ = ["HealthWatch", "find_risks"]

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN: Final = 300.0

_OLDEST: Final = (6, 0)
_SECTIONS: Final = ("server", "memory", "persistence", "replication")


def find_risks(client: Any, key: str) -> dict[str, str]:
    """The risks of the server that holds ``key``, by a short name each; empty if there are none.

    Reads INFO, and CONFIG where the user may. Raises redis-py's errors if the server cannot be reached.
    """
    redis = import_redis()
    server = client
    if hasattr(client, "get_node_from_key"):
        server = client.get_redis_connection(client.get_node_from_key(key))
    found: dict[str, Any] = {}
    try:
        for section in _SECTIONS:
            found.update(server.info(section))
    except redis.ResponseError:
        return {
            "unknown": "Redis: whether callers are safe there is not known, since INFO is not allowed for "
            "this user; grant +info and +config|get to have eviction and persistence looked at"
        }
    settings = _settings(server, redis.ResponseError)
    risks = {**_of_memory(found, settings), **_of_persistence(found, settings), **_of_replication(found)}
    version = str(found.get("redis_version", ""))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers and numbers < _OLDEST:
        risks["version"] = (
            f"Redis {version} is older than {'.'.join(map(str, _OLDEST))}, and the scripts that change "
            "callers were never tried with it; update the server"
        )
    return risks


def _settings(server: Any, refusal: type[Exception]) -> dict[str, str]:
    """What CONFIG says; nothing if the user may not ask, since INFO says enough for most of it."""
    try:
        # One pattern a call: several are not known before Redis 7.
        found = [server.config_get(pattern) for pattern in ("maxmemory-policy", "append*", "save")]
    except refusal:
        return {}
    return {text(name): text(value) for part in found for name, value in part.items()}


def _of_memory(found: dict[str, Any], settings: dict[str, str]) -> dict[str, str]:
    policy = settings.get("maxmemory-policy", str(found.get("maxmemory_policy", "")))
    # Those that begin with volatile- take only keys with a time to live, and ours have none.
    if not policy.startswith("allkeys-"):
        return {}
    return {
        "eviction": f"Redis: maxmemory-policy is {policy}, so that all callers at once may be evicted when "
        "memory runs out; set it to noeviction, or keep callers on a server of their own"
    }


def _of_persistence(found: dict[str, Any], settings: dict[str, str]) -> dict[str, str]:
    has_log = settings["appendonly"] == "yes" if "appendonly" in settings else bool(found.get("aof_enabled"))
    if has_log:
        if settings.get("appendfsync") != "no":
            return {}
        return {
            "persistence": "Redis: appendfsync is no, so that a power failure loses what was written in "
            "about the last half minute, erasures too; set it to everysec, or to always to lose nothing"
        }
    if settings.get("save") == "":
        return {
            "persistence": "Redis: neither appendonly nor save is set, so that a restart of the server loses "
            "every caller; set appendonly yes"
        }
    return {
        "persistence": "Redis: appendonly is no, so that a restart of the server loses what was written "
        "since its last snapshot, and brings back who was erased since; set appendonly yes"
    }


def _of_replication(found: dict[str, Any]) -> dict[str, str]:
    if found.get("role") != "slave":
        return {}
    return {
        "replica": "Redis: the server is a replica, which refuses every change, or loses it with the next "
        "synchronisation; name the master, or its sentinels: redis+sentinel://host:26379/service"
    }


class HealthWatch:
    """Looks at a server every few minutes, and logs what it did not find before."""

    def __init__(self, client: Any, key: str) -> None:
        redis = import_redis()
        self._errors = (redis.RedisError, redis.exceptions.RedisClusterException)
        self._client = client
        self._key = key
        self._lock = threading.Lock()
        self._risks: dict[str, str] = {}
        self._next = 0.0

    def risks(self) -> list[str]:
        """What was found at the last look, in words."""
        return list(self._risks.values())

    def look(self, *, is_first: bool = False) -> None:
        """Look if it is time; what the first look finds is not logged: it is for whoever opens the store."""
        now = time.monotonic()
        with self._lock:
            if now < self._next and not is_first:
                return
            self._next = now + _SECONDS_BETWEEN
        try:
            risks = find_risks(self._client, self._key)
        except self._errors as exc:
            logger.info("the Redis server cannot be asked for its settings now (%s)", type(exc).__name__)
            return
        for name, words in risks.items():
            if not is_first and name not in self._risks:
                logger.warning("%s", words)
        self._risks = risks
