"""Where a store lies, as the command line names it, and how it is opened with keys of its own."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NoReturn
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from opusagent_voiceprint.errors import EncryptionError, SettingsError, StorageError
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage.base import CallerStore
from opusagent_voiceprint.storage.codec import RecordCodec
from opusagent_voiceprint.storage.erasure_journal import ErasureJournal
from opusagent_voiceprint.storage.factory import key_ring, open_cipher, redis_namespace
from opusagent_voiceprint.storage.json_store import JSONStorage
from opusagent_voiceprint.storage.redis_store import RedisStorage
from opusagent_voiceprint.storage.sqlite_store import SQLiteStorage

__all__ = ["Access", "Place"]

_TIMEOUT_SECONDS: Final = 10.0
"""Nobody is on the line: better late than not at all."""
_REDIS_SCHEMES: Final = tuple(
    f"redis{tls}{kind}://" for tls in ("", "s") for kind in ("", "+sentinel", "+cluster")
)
_FOREIGN: Final = "opusagent:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store lies: ``where`` is a file, or the URL of a Redis, whose password is in no message.

    ``is_foreign`` if it was named as one of OpusAgent's own voiceprint module.
    """

    kind: Literal["json", "sqlite", "redis"]
    where: str
    is_foreign: bool = False

    @classmethod
    def parse(cls, text: str, settings: VoiceFingerprintConfig) -> Place:
        """``json:PATH``, ``sqlite:PATH``, a Redis URL, or ``settings``. Raises :class:`SettingsError`."""
        name = text.strip()
        if name == "settings":
            return cls.configured(settings)
        is_foreign = name.startswith(_FOREIGN)
        name = name.removeprefix(_FOREIGN)
        if name.startswith((*_REDIS_SCHEMES, "unix://")):
            return cls("redis", name, is_foreign)
        kind, colon, path = name.partition(":")
        if not colon or not path or kind not in ("json", "sqlite") or path.startswith("//"):
            # The rest may be a URL with a password.
            raise SettingsError(
                f"a store that begins with {kind[:20]!r} is not known: name json:PATH, sqlite:PATH, a URL "
                "such as redis://host:6379/0, or settings for the one of VOICE_STORAGE_BACKEND"
            )
        return cls("json" if kind == "json" else "sqlite", str(Path(path).expanduser()), is_foreign)

    @classmethod
    def configured(cls, settings: VoiceFingerprintConfig) -> Place:
        """The store of the settings."""
        if settings.storage_backend == "redis":
            return cls("redis", settings.redis_url.get_secret_value())
        return cls(settings.storage_backend, settings.storage_path)

    def __str__(self) -> str:
        return f"{self.kind}:{self.where}" if self.kind != "redis" else _without_password(self.where)

    __repr__ = __str__

    def identity(self, tenant: str) -> str:
        """Names the store of a tenant here, without giving the place away; passwords may change."""
        where = str(Path(self.where).absolute()) if self.kind != "redis" else _address(self.where)
        return hashlib.sha256(f"{self.kind} {tenant} {where}".encode()).hexdigest()[:32]

    @property
    def is_there(self) -> bool:
        """Whether something lies there; of a Redis it is not known before it is opened."""
        return self.kind == "redis" or os.path.lexists(self.where)


class Access:
    """A place with the keys and the tenant that its store is opened with.

    What is not given is that of ``settings``. Without a ``keystore``, a file's is the one beside it if that
    is there, and else that of the settings.
    """

    def __init__(
        self,
        place: Place,
        settings: VoiceFingerprintConfig,
        *,
        key_file: str | None = None,
        keystore: str | None = None,
        tenant: str | None = None,
    ) -> None:
        self.place = place
        is_redis = place.kind == "redis"
        if keystore is None:
            beside = f"{place.where}.keys"
            configured = settings.keystore_path.get_secret_value()
            is_beside = not is_redis and os.path.lexists(beside) and place != Place.configured(settings)
            keystore = beside if is_beside else configured
        # Checked as settings are, so that what is wrong is said in their words.
        self.settings = VoiceFingerprintConfig(
            storage_backend=place.kind,
            storage_path=settings.storage_path if is_redis else place.where,
            redis_url=SecretStr(place.where) if is_redis else settings.redis_url,
            storage_timeout=max(_TIMEOUT_SECONDS, settings.storage_timeout),
            encryption_key=None if key_file else settings.encryption_key,
            encryption_key_file=key_file or settings.encryption_key_file,
            keystore_path=SecretStr(keystore),
            tenant=settings.tenant if tenant is None else tenant,
            erasure_journal=settings.erasure_journal,
            policy_version=settings.policy_version,
            max_voiceprints_per_caller=settings.max_voiceprints_per_caller,
        )

    @property
    def identity(self) -> str:
        """Names the store among all."""
        return self.place.identity(self.settings.tenant)

    @property
    def variables(self) -> dict[str, str]:
        """The settings that make it the store that is used, without passwords and without keys."""
        place, settings = self.place, self.settings
        path = "VOICE_REDIS_URL" if place.kind == "redis" else "VOICE_STORAGE_PATH"
        keystore = settings.keystore_path.get_secret_value()
        found = {
            "VOICE_STORAGE_BACKEND": place.kind,
            path: _without_password(place.where) if place.kind == "redis" else place.where,
            "VOICE_TENANT": settings.tenant,
            "VOICE_ENCRYPTION_KEY_FILE": settings.encryption_key_file,
            "VOICE_KEYSTORE_PATH": _without_password(keystore) if "://" in keystore else keystore,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def erasures(self) -> ErasureJournal:
        """The erasures that the store refused and that are to be made up for."""
        return ErasureJournal.configured(self.settings)

    def open_existing(self) -> CallerStore:
        """The store that is there, plain or encrypted as it is.

        Raises :class:`StorageError` if there is none, and what opening a store raises.
        """
        found = self.key_id
        if found is None:
            raise StorageError(f"there is no store at {self.place}")
        return self.open(RecordCodec(open_cipher(self.settings) if found else None))

    def open_target(self, *, plain: bool = False, key_id: str = "") -> CallerStore:
        """The store that is there, or a new one: encrypted if there is a key, unless it is to be ``plain``.

        With ``key_id`` a new one goes on with the keys of the store whose own key that is. Raises
        :class:`EncryptionError` for a store that is there and is the other.
        """
        found = self.key_id
        has_keys = key_ring(self.settings) is not None
        if plain and found:
            raise EncryptionError(
                f"{self.place} is an encrypted store: leave out --plain, or name another place"
            )
        if found == "" and has_keys and not plain:
            raise EncryptionError(
                f"{self.place} is a store without encryption, and there is a key: name a new place to write "
                "encrypted, or say --plain to write without"
            )
        is_plain = plain or (not has_keys and not found)
        codec = RecordCodec(None if is_plain else open_cipher(self.settings))
        if found is None and key_id:
            try:
                codec.check_key(key_id, self.place)
            except BaseException:
                codec.close()
                raise
        return self.open(codec)

    def open(self, codec: RecordCodec) -> CallerStore:
        """The store with a codec, which is closed if it cannot be opened."""
        settings = self.settings
        limit, policy = settings.max_voiceprints_per_caller, settings.policy_version
        try:
            if self.place.kind == "redis":
                return RedisStorage.from_url(
                    settings.redis_url.get_secret_value(),
                    timeout=settings.storage_timeout,
                    codec=codec,
                    max_voiceprints=limit,
                    namespace=redis_namespace(settings),
                    policy_version=policy,
                )
            storage = SQLiteStorage if self.place.kind == "sqlite" else JSONStorage
            return storage(self.place.where, codec=codec, max_voiceprints=limit, policy_version=policy)
        except BaseException:
            codec.close()
            raise

    @property
    def key_id(self) -> str | None:
        """Names the key that the store was written under, empty if it is plain; None if there is no store."""
        if not self.place.is_there:
            return None
        try:
            self.open(_Probe()).close()
        except _KeyFoundError as found:
            return found.key_id
        return None


class _KeyFoundError(Exception):
    """How a store was written; it was not opened further, nor made."""

    def __init__(self, key_id: str | None) -> None:
        self.key_id = key_id


class _Probe(RecordCodec):
    """Stops the opening of a store where it asks for the key."""

    @property
    def key_id(self) -> NoReturn:
        raise _KeyFoundError(None)

    def check_key(self, found: str, store: object) -> NoReturn:
        raise _KeyFoundError(found)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    name = f"{user.partition(':')[0]}:***@" if at else ""
    # Options may carry a password too.
    return urlunsplit((parts.scheme, f"{name}{host}", parts.path, "", ""))
