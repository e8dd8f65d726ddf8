"""The errors this package raises.

::

    VoiceprintError
    ├── SettingsError            a setting has a value that is not allowed (also a ValueError)
    ├── AudioError               audio that cannot be used (also a ValueError)
    │   ├── AudioFormatError         wrong type, shape, sample rate, not a number
    │   ├── NotEnoughSpeechError     silent, or less net speech than is needed
    │   ├── AudioQualityError        clipped, too noisy, more than one speaker
    │   └── VoiceMismatchError       another voice than the one enrolled under this id, or nobody can tell
    ├── EncoderError             the speaker encoder cannot be loaded or run
    ├── EvaluationError          a corpus, or an option, that nothing can be measured or fitted with
    ├── StorageError             a store cannot be read or written
    │   ├── StoreFormatError         not a store of ours, torn, or of a newer version
    │   ├── VersionConflictError     somebody else changed this caller in between
    │   └── EncryptionError          no key, a wrong key, or a record that was tampered with
    ├── ConsentError             an operation that needs a consent which is not there
    ├── AssuranceError           an operation that needs to be surer of who is calling
    └── UnknownCallerError       no caller with this id (also a KeyError)

A message names the value that was wrong, what is allowed, and what to do. It never carries a name, a
number, a score, an embedding or words of a caller.
"""

from __future__ import annotations

from opusagent_voiceprint.assurance import Assurance

__all__ = [
    "AssuranceError",
    "AudioError",
    "AudioFormatError",
    "AudioQualityError",
    "ConsentError",
    "EncoderError",
    "EncryptionError",
    "EvaluationError",
    "NotEnoughSpeechError",
    "SettingsError",
    "StorageError",
    "StoreFormatError",
    "UnknownCallerError",
    "VersionConflictError",
    "VoiceMismatchError",
    "VoiceprintError",
]


class VoiceprintError(Exception):
    """Base class of every error this package raises on purpose."""


class SettingsError(VoiceprintError, ValueError):
    """A setting has a value that is not allowed; the message names the variable and what is."""


class AudioError(VoiceprintError, ValueError):
    """Audio that cannot be used."""


class AudioFormatError(AudioError):
    """Audio of the wrong type, shape or sample rate, or with samples that are not finite numbers."""


class NotEnoughSpeechError(AudioError):
    """Too little net speech.

    ``net_speech_seconds`` is what was found, ``needed_seconds`` what is needed.
    """

    def __init__(self, message: str, *, net_speech_seconds: float, needed_seconds: float) -> None:
        super().__init__(message)
        self.net_speech_seconds = net_speech_seconds
        self.needed_seconds = needed_seconds


class AudioQualityError(AudioError):
    """Speech too poor to enroll. ``quality`` is its score in [0, 1]."""

    def __init__(self, message: str, *, quality: float) -> None:
        super().__init__(message)
        self.quality = quality


class VoiceMismatchError(AudioError):
    """Another voice than the one that is enrolled under this id, or nobody can tell whether it is."""


class EncoderError(VoiceprintError):
    """The speaker encoder cannot be loaded or run."""


class EvaluationError(VoiceprintError, ValueError):
    """A corpus, or an option, that nothing can be measured or fitted with."""


class StorageError(VoiceprintError):
    """A store cannot be read or written. Nothing in it has changed, but for three cases.

    In each the message says that it is not known: a file was replaced, but its directory or its copy could
    not be made durable, so that the change is there and may not survive a power failure; a database's log
    could not be synced, and Redis did not answer, so that the change may have been made or not. Read again
    before repeating the change.
    """


class StoreReplacedError(StorageError):
    """The store was emptied, or another one put in its place, while it was open. Open it again."""


class NoteExistsError(StorageError):
    """There is a note under this key already; nothing was written."""


class StoreFormatError(StorageError):
    """What lies at the store's place is not a store of ours, is torn, or is of a newer version."""


class VersionConflictError(StorageError):
    """A caller was changed by somebody else since it was read. Read again, decide again, write again."""

    def __init__(self, caller_id: str, *, expected: int, found: int) -> None:
        super().__init__(
            f"caller {caller_id!r} has version {found}, not {expected}: it was changed in between; "
            "read it again and repeat the change"
        )
        self.caller_id = caller_id
        self.expected = expected
        self.found = found


class EncryptionError(StorageError):
    """No key where one is needed, a key that does not fit, or a record that was changed."""


class ConsentError(VoiceprintError):
    """An operation that needs a consent which was not given, or was taken back."""


class AssuranceError(VoiceprintError):
    """The call is not sure enough of who is calling, or cannot be made so in this way.

    ``needed`` is the level that was asked for, ``found`` the one that the call has reached.
    """

    def __init__(self, message: str, *, needed: Assurance, found: Assurance) -> None:
        super().__init__(message)
        self.needed = needed
        self.found = found


class UnknownCallerError(VoiceprintError, KeyError):
    """No caller with this id."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""
