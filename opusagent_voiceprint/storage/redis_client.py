"""Connections to Redis: from URLs of every kind, and calls that are repeated when they break."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from opusagent_voiceprint.errors import SettingsError, StorageError, StoreFormatError

__all__ = ["OwnClient", "RedisCalls", "import_redis", "is_same_server", "open_client"]

ResultT = TypeVar("ResultT")

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.25
_SENTINEL_PORT: Final = 26379
_REDIS_PORT: Final = 6379


def import_redis() -> Any:
    """redis-py, which not every installation needs."""
    try:
        import redis
        import redis.cluster
        import redis.sentinel
    except ImportError as exc:
        raise StorageError(
            'VOICE_STORAGE_BACKEND=redis needs redis-py: pip install "opusagent-voiceprint[redis]"'
        ) from exc
    return redis


@dataclass(frozen=True, slots=True)
class OwnClient:
    """A client that we made, and what it takes to close it."""

    client: Any
    others: tuple[Any, ...] = ()

    def close(self) -> None:
        """Close all connections."""
        for each in (self.client, *self.others):
            each.close()


class RedisCalls:
    """Calls to a server, repeated while the connection breaks or the server has no answer yet.

    New attempts begin for ``timeout`` seconds at most. What is called must be fit for being called twice:
    changes carry a token by which the server knows those that it has made.
    """

    def __init__(self, name: str, timeout: float) -> None:
        redis = import_redis()
        self._name = name
        self._timeout = timeout
        self._errors = (redis.RedisError, redis.exceptions.RedisClusterException)
        self._passing = (
            redis.ConnectionError,
            redis.TimeoutError,
            redis.ReadOnlyError,  # a master that became a replica
            redis.exceptions.TryAgainError,
            redis.exceptions.ClusterDownError,
            redis.exceptions.RedisClusterException,
        )
        self._lasting = (redis.AuthenticationError,)
        # After these the server has not begun with what it was asked.
        self._refusals = (
            redis.ResponseError,
            redis.BusyLoadingError,
            redis.sentinel.MasterNotFoundError,
        )

    def read(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """The result of a call that changes nothing. Raises :class:`StorageError`."""
        return self._run(lambda is_repeated: call(*args, **options), is_change=False)

    def change(self, call: Callable[[bool], ResultT]) -> ResultT:
        """The result of a change, which is told whether it may have been made by an earlier attempt."""
        return self._run(call, is_change=True)

    def _run(self, call: Callable[[bool], ResultT], *, is_change: bool) -> ResultT:
        until = time.monotonic() + self._timeout
        is_unknown = False
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return call(is_unknown)
            except self._errors as exc:
                is_unknown = is_unknown or (is_change and not isinstance(exc, self._refusals))
                is_passing = isinstance(exc, self._passing) and not isinstance(exc, self._lasting)
                if not is_passing or time.monotonic() + pause > until:
                    raise self._error(exc, is_unknown=is_unknown) from exc
            except UnicodeDecodeError as exc:
                raise StoreFormatError(
                    f"{self._name} holds something that is no text: it is damaged; restore it from a backup"
                ) from exc
            # Random, so that workers who lost the same server do not come back all at once.
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def not_known(self) -> StorageError:
        """The error for a change of which nobody can tell whether it was made."""
        return StorageError(
            f"{self._name}: the connection broke; whether the change was made is not known: "
            "read again before repeating it"
        )

    def _error(self, exc: Exception, *, is_unknown: bool) -> StorageError:
        unknown = ""
        if is_unknown:
            unknown = "; whether the change was made is not known: read again before repeating it"
        return StorageError(f"{self._name} cannot be used: {type(exc).__name__}: {exc}{unknown}")


def open_client(url: str, *, timeout: float, setting: str = "VOICE_REDIS_URL") -> OwnClient:
    """A client for a URL: of a server, of its replicas' sentinels, or of a cluster.

    ``redis://``, ``rediss://`` and ``unix://`` are redis-py's, with its options after the ``?``;
    ``redis+sentinel://user:password@host:26379,host2/service/db`` and ``redis+cluster://host:6379,host2``
    take the same options, and TLS as ``rediss+...``. For sentinels that ask for a password there are
    ``sentinel_username`` and ``sentinel_password``. An attempt to connect takes a quarter of ``timeout``
    (seconds) at most, and a reply half of it. Raises :class:`SettingsError`, which names ``setting``, for
    what is none of these, and :class:`StorageError` if a cluster cannot be reached.
    """
    redis = import_redis()
    limits = {"socket_connect_timeout": timeout / 4, "socket_timeout": timeout / 2}
    kind = url.partition("://")[0]
    opener = {
        "redis+sentinel": _open_sentinel,
        "rediss+sentinel": _open_sentinel,
        "redis+cluster": _open_cluster,
        "rediss+cluster": _open_cluster,
    }.get(kind, _open_server)
    try:
        return opener(redis, url, limits)
    except redis.exceptions.RedisClusterException as exc:
        raise StorageError(f"the Redis cluster cannot be used: {type(exc).__name__}") from exc
    except (ValueError, TypeError, redis.RedisError):
        # The URL may hold a password, so neither it nor the error is quoted.
        raise SettingsError(
            f"{setting}=(hidden) is not allowed: it must look like redis://host:6379/0, rediss:// for TLS, "
            "unix:///path/of.sock, redis+sentinel://host:26379,host2:26379/service/0, or "
            "redis+cluster://host:6379,host2:6379; a user and a password are percent-encoded"
        ) from None


def is_same_server(one: str, other: str) -> bool:
    """Whether two URLs name a server, a replicated service or a cluster in common, whatever the database.

    Only names are compared: two names of one machine, but for localhost, are taken for two.
    """
    try:
        return bool(_servers(one) & _servers(other))
    except ValueError:
        return False  # no URL: whoever opens it says so


def _servers(url: str) -> set[tuple[str, str, int]]:
    """Service, host and port of each server that is named; a socket is a host."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return {("", unquote(parts.path), 0)}
    is_sentinel = parts.scheme.endswith("+sentinel")
    service = unquote(parts.path.strip("/").partition("/")[0]) if is_sentinel else ""
    port = _SENTINEL_PORT if is_sentinel else _REDIS_PORT
    hosts = [(each.hostname or "localhost", each.port) for each in _places(parts.netloc.rpartition("@")[2])]
    local = ("127.0.0.1", "::1")
    return {(service, "localhost" if host in local else host, own or port) for host, own in hosts}


def _open_server(redis: Any, url: str, limits: dict[str, float]) -> OwnClient:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        _database(parts.path)
    client = redis.Redis.from_url(url, **{**limits, "retry": _no_retries()})
    try:
        # Connects nothing, but finds options that no connection takes.
        client.connection_pool.make_connection()
    except BaseException:
        client.close()
        raise
    return OwnClient(client)


def _open_sentinel(redis: Any, url: str, limits: dict[str, float]) -> OwnClient:
    scheme, hosts, path, options = _several(redis, url, _SENTINEL_PORT)
    service, _, database = path.lstrip("/").partition("/")
    if not service:
        raise ValueError("no service")
    options.setdefault("db", _database(database))
    sentinel_options: dict[str, Any] = {
        key.removeprefix("sentinel_"): options.pop(key)
        for key in ("sentinel_username", "sentinel_password")
        if key in options
    }
    options = {**limits, "retry": _no_retries(), **options}
    if scheme == "rediss":
        options["ssl"] = True
    for key, value in options.items():
        if key.startswith(("socket_", "ssl", "retry")):
            sentinel_options.setdefault(key, value)
    sentinel = redis.sentinel.Sentinel(hosts, sentinel_kwargs=sentinel_options)
    client = sentinel.master_for(unquote(service), **options)
    own = OwnClient(client, tuple(sentinel.sentinels))
    try:
        client.connection_pool.make_connection()
    except BaseException:
        own.close()
        raise
    return own


def _open_cluster(redis: Any, url: str, limits: dict[str, float]) -> OwnClient:
    scheme, hosts, path, options = _several(redis, url, _REDIS_PORT)
    if path.strip("/"):
        raise ValueError("a cluster has no databases")
    options = {**limits, "retry": _no_retries(), **options}
    if scheme == "rediss":
        options["ssl"] = True
    # Of options that are not its own a cluster client takes no notice, so they are looked at here.
    kind = redis.SSLConnection if scheme == "rediss" else redis.Connection
    kind(**{key: value for key, value in options.items() if key != "ssl"})
    nodes = [redis.cluster.ClusterNode(host, port) for host, port in hosts]
    return OwnClient(redis.cluster.RedisCluster(startup_nodes=nodes, **options))


def _several(
    redis: Any, url: str, default_port: int
) -> tuple[str, list[tuple[str, int]], str, dict[str, Any]]:
    """Scheme without what it is of, hosts and ports, path, and options of a URL with several hosts."""
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    credentials, _, places = parts.netloc.rpartition("@")
    hosts = [(each.hostname or "", each.port or default_port) for each in _places(places)]
    if not all(host for host, _ in hosts):
        raise ValueError("no host")
    with_one_host = f"{scheme}://{credentials}{'@' if credentials else ''}host?{parts.query}"
    options = dict(redis.connection.parse_url(with_one_host))
    for key in ("host", "port", "connection_class"):
        options.pop(key, None)
    return scheme, hosts, parts.path, options


def _places(places: str) -> Iterator[Any]:
    for each in places.split(","):
        yield urlsplit(f"//{each}")


def _database(path: str) -> int:
    """redis-py would take 0 for anything that is no number."""
    text = unquote(path).strip("/")
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError("no database")
    return int(text or 0)


def _no_retries() -> Any:
    """Ours know when to give up, and what of a change is not known then."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Retry(NoBackoff(), 0)
