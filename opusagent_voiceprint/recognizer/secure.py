"""The recognizer with an encrypted store."""

from __future__ import annotations

from pydantic import SecretStr

from opusagent_voiceprint.errors import EncryptionError
from opusagent_voiceprint.recognizer.recognizer import OpusAgentVoiceRecognizer
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import open_store
from opusagent_voiceprint.storage.factory import key_ring

__all__ = ["SecureVoiceRecognizer"]


class SecureVoiceRecognizer(OpusAgentVoiceRecognizer):
    """A recognizer whose store is encrypted, and opened at once.

    Args:
        encryption_key: 32 random bytes in URL-safe base64, as ``Fernet.generate_key()`` makes them, or
            several, newest first and separated by commas; by default those of ``VOICE_ENCRYPTION_KEY`` or
            ``VOICE_ENCRYPTION_KEY_FILE``.
        debug: as for :class:`OpusAgentVoiceRecognizer`.

    Raises:
        EncryptionError: no key, a malformed one, or one that does not fit the store.
    """

    def __init__(self, encryption_key: str | bytes | None = None, *, debug: bool = False) -> None:
        config = VoiceFingerprintConfig()
        if encryption_key is not None:
            # What is not ASCII is no key either; the store's own check says so.
            text = (
                encryption_key.decode("ascii", errors="replace")
                if isinstance(encryption_key, bytes)
                else encryption_key
            )
            config = config.model_copy(update={"encryption_key": SecretStr(text), "encryption_key_file": ""})
        if key_ring(config) is None:
            raise EncryptionError(
                "no encryption key: give encryption_key or set VOICE_ENCRYPTION_KEY to 32 random bytes in "
                "URL-safe base64, for example from `opusagent-voiceprint keys generate`"
            )
        super().__init__(open_store(config), debug=debug)
        self.config = config
