"""The names of keys in a keystore, which several stores and tenants may share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["KeyName"]

_STORE: Final = "store"
_CALLER: Final = "caller"


@dataclass(frozen=True, slots=True)
class KeyName:
    """Whose a key is: of a caller in a store of a tenant, or without ``caller_id`` the store's own.

    ``store`` is the id of the store's own key. As text it is bound into what a master key seals. No tenant
    and no store has a colon.
    """

    tenant: str
    store: str
    caller_id: str | None = None

    def __str__(self) -> str:
        if self.caller_id is None:
            return f"{_STORE}:{self.tenant}:{self.store}"
        return f"{_CALLER}:{self.tenant}:{self.store}:{self.caller_id}"

    @classmethod
    def parse(cls, name: str) -> KeyName | None:
        """Of a name as text; None if it is none of ours."""
        kind, *parts = name.split(":", 3)
        if kind == _STORE and len(parts) == 2:
            return cls(parts[0], parts[1])
        return cls(*parts) if kind == _CALLER and len(parts) == 3 else None
