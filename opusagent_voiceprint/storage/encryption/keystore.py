"""Where the sealed keys are kept, apart from the data, so that destroying one makes every copy unreadable."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from opusagent_voiceprint.errors import StoreFormatError, StoreReplacedError
from opusagent_voiceprint.storage.encryption.keys import SealedKey

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["KeyStore", "lost_keys", "whole"]


class KeyStore(ABC):
    """Sealed keys by name. What is destroyed leaves a mark, so that nothing brings it back unnoticed.

    A backup of it brings back the keys of those who were erased since: replicate it rather than keep
    backups, or keep them for days, not for years. Safe to use from several threads and processes. Every
    method may raise :class:`StorageError`.
    """

    @abstractmethod
    def get_many(self, names: Collection[str]) -> dict[str, SealedKey]:
        """Several at once; names that there never were are left out, and damaged ones say so."""

    @abstractmethod
    def add(self, name: str, key: SealedKey, *, head: str = "") -> SealedKey:
        """Keep a key, durably, unless there is one; in place of a destroyed one. Returns what is there.

        That is a destroyed key if ``key`` may have been added and destroyed since, which cannot be told when
        a reply was lost: try with another one. With ``head`` there must be a live key of that name, or
        :class:`StoreReplacedError` is raised: a keystore that was emptied must not be filled anew unnoticed.
        """

    @abstractmethod
    def replace(self, name: str, old: SealedKey, new: SealedKey) -> bool:
        """Put a key in place of ``old``, durably, if that is still there; whether it was."""

    @abstractmethod
    def destroy(self, name: str) -> bool:
        """Overwrite a key with its mark, durably; whether there was one. A name never seen is marked too."""

    @abstractmethod
    def items(self) -> Iterator[tuple[str, SealedKey]]:
        """Everything, sorted by name; what is added meanwhile may be left out, and damaged ones say so."""

    def get(self, name: str) -> SealedKey | None:
        """A key, or the mark of one that was destroyed; None if there never was one.

        Raises :class:`StoreFormatError` if it is damaged.
        """
        found = self.get_many([name]).get(name)
        return None if found is None else whole(found)

    def close(self) -> None:  # noqa: B027 - not every keystore holds something open
        """Release what is held open. Closing twice is allowed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def whole(key: SealedKey) -> SealedKey:
    """The key itself; :class:`StoreFormatError` if it is damaged."""
    if key.damage:
        raise StoreFormatError(key.damage)
    return key


def lost_keys(keystore: str) -> StoreReplacedError:
    """The error for a keystore that lost the keys of the store it is used with."""
    return StoreReplacedError(
        f"{keystore} was emptied or replaced while it was in use: it has no key of this store any more, and "
        "none was added. Put it back from where it is replicated, and restart; without it nothing that is "
        "stored can be read"
    )
