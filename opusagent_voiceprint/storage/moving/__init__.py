"""Moving callers between stores, backups of them, and checking what a store holds.

These modules are part of the storage package: they use what backends provide, below the callers' contract.
"""

from __future__ import annotations

from opusagent_voiceprint.storage.moving.backup import back_up
from opusagent_voiceprint.storage.moving.backup_file import BackupReader
from opusagent_voiceprint.storage.moving.check import Finding, Remedy, Report, check_store, repair_store
from opusagent_voiceprint.storage.moving.foreign import Foreign, is_foreign, is_in_redis, open_foreign
from opusagent_voiceprint.storage.moving.migration import Migration
from opusagent_voiceprint.storage.moving.outcome import OnStep, Outcome
from opusagent_voiceprint.storage.moving.place import Access, Place
from opusagent_voiceprint.storage.moving.progress import Progress
from opusagent_voiceprint.storage.moving.restore import Restore

__all__ = [
    "Access",
    "BackupReader",
    "Finding",
    "Foreign",
    "Migration",
    "OnStep",
    "Outcome",
    "Place",
    "Progress",
    "Remedy",
    "Report",
    "Restore",
    "back_up",
    "check_store",
    "is_foreign",
    "is_in_redis",
    "open_foreign",
    "repair_store",
]
