"""The consent ledger: an append-only chain of who agreed to what, which outlives the person in it."""

from opusagent_voiceprint.storage.ledger.chain import (
    ARCHIVE,
    LEDGER,
    Chain,
    Head,
    NewNote,
    is_key,
    key_of,
    read_entry,
)
from opusagent_voiceprint.storage.ledger.entry import (
    ErasureReason,
    LedgerEntry,
    LedgerEvent,
    commitment_of,
    consent_entries,
    erasure_entry,
    imported_entries,
)
from opusagent_voiceprint.storage.ledger.exported import exported, read_exported
from opusagent_voiceprint.storage.ledger.verify import (
    Problem,
    Verification,
    archived_entries,
    entries_of,
    erased_by_all,
    erased_in,
    last_erasure,
    read_archived,
    verify_chain,
    verify_ledger,
)

__all__ = [
    "ARCHIVE",
    "LEDGER",
    "Chain",
    "ErasureReason",
    "Head",
    "LedgerEntry",
    "LedgerEvent",
    "NewNote",
    "Problem",
    "Verification",
    "archived_entries",
    "commitment_of",
    "consent_entries",
    "entries_of",
    "erased_by_all",
    "erased_in",
    "erasure_entry",
    "exported",
    "imported_entries",
    "is_key",
    "key_of",
    "last_erasure",
    "read_archived",
    "read_entry",
    "read_exported",
    "verify_chain",
    "verify_ledger",
]
