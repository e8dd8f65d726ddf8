"""Where a store lies in tests of privacy: its settings, and every byte that is there."""

from __future__ import annotations

import base64
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis_servers import RedisServer

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@dataclass
class Place:
    """A store of one kind, with a key or without. ``kind`` is json, sqlite or redis."""

    kind: str
    encrypted: bool
    folder: Path
    server: RedisServer | None

    @property
    def settings(self) -> dict[str, Any]:
        """What the settings say of it."""
        values: dict[str, Any] = {
            "storage_backend": self.kind,
            "storage_path": str(self.folder / f"voices.{self.kind}"),
            "erasure_journal": str(self.folder / "erasures.journal"),
        }
        if self.server is not None:
            values["redis_url"] = self.server.url
        if self.encrypted:
            values |= {"encryption_key": KEY, "keystore_path": str(self.folder / "callers.keys")}
        return values

    def everything(self) -> dict[str, bytes]:
        """The bytes of every file, and of a Redis each key with its DUMP, and what SAVE writes."""
        found = {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        if self.server is not None:
            with closing(self.server.client()) as client:
                for key in client.scan_iter():
                    found[f"redis {key!r}"] = key + (client.dump(key) or b"")
                client.save()
            found["redis dump.rdb"] = (self.server.directory / "dump.rdb").read_bytes()
        return found


def forms(data: bytes) -> list[bytes]:
    """Bytes as they are, in hex, and in base64 wherever in a longer text they may begin."""
    whole = [data, data.hex().encode(), data.hex().upper().encode()]
    for shift in range(3):
        # The first and last signs also hold bits of what stands around.
        encoded = base64.b64encode(bytes(shift) + data).rstrip(b"=")
        inner = encoded[4 if shift else 0 : -2]
        whole += [inner, inner.translate(bytes.maketrans(b"+/", b"-_"))]
    return whole


def found_in(where: dict[str, bytes], needles: dict[str, list[bytes]]) -> set[tuple[str, str]]:
    """(place, name of the needle) wherever one occurs; letters in either case."""
    hits = set()
    for place, content in where.items():
        lowered = content.lower()
        for name, each in needles.items():
            if any(needle in content or needle.lower() in lowered for needle in each):
                hits.add((place, name))
    return hits
