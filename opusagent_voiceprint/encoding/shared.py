"""One set of encoders a process and name: recognizers and calls share the loaded weights."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from opusagent_voiceprint.encoding.encoder import SpeakerEncoder
from opusagent_voiceprint.encoding.encoders import Encoders
from opusagent_voiceprint.encoding.resemblyzer_encoder import ResemblyzerEncoder
from opusagent_voiceprint.encoding.telephone_encoder import TelephoneEncoder
from opusagent_voiceprint.errors import SettingsError

__all__ = ["chosen_encoders", "shared_encoder"]

_ONNX: Final = "onnx:"


def chosen_encoders(name: str = "telephone") -> Encoders:
    """The process's encoders of this name. Making them is cheap; weights are loaded on first use.

    Args:
        name: ``telephone`` (with Resemblyzer's network beside it for wideband), ``resemblyzer``, or
            ``onnx:PATH``.

    Raises:
        SettingsError: another name.
        EncoderError: an ONNX encoder's files cannot be used.
    """
    return _made(name)


@lru_cache(maxsize=16)
def _made(name: str) -> Encoders:
    if name == "telephone":
        return Encoders(TelephoneEncoder(), _resemblyzer())
    if name == "resemblyzer":
        return Encoders(_resemblyzer())
    if name.startswith(_ONNX) and name != _ONNX:
        from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder

        return Encoders(OnnxEncoder(Path(name.removeprefix(_ONNX)).expanduser()))
    raise SettingsError(
        f"{name!r} is not an encoder: use 'telephone', 'resemblyzer', or 'onnx:' and the path of a model"
    )


@lru_cache(maxsize=1)
def _resemblyzer() -> ResemblyzerEncoder:
    return ResemblyzerEncoder()


def shared_encoder() -> SpeakerEncoder:
    """The process's default encoder for every window."""
    return chosen_encoders().main
