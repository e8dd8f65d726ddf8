"""The setting that names encoders by language."""

from __future__ import annotations

import pytest

from opusagent_voiceprint import SettingsError
from opusagent_voiceprint.encoding.languages import encoder_for, encoders_by_language


def test_each_part_names_a_language_and_its_encoder() -> None:
    assert encoders_by_language("de=onnx:/models/german voices.onnx, FR = resemblyzer,yue=telephone") == {
        "de": "onnx:/models/german voices.onnx",
        "fr": "resemblyzer",
        "yue": "telephone",
    }


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_blank_text_names_none(text: str) -> None:
    assert encoders_by_language(text) == {}


def test_a_path_may_hold_an_equals_sign() -> None:
    assert encoders_by_language("de=onnx:/models/v=2.onnx") == {"de": "onnx:/models/v=2.onnx"}


@pytest.mark.parametrize(
    ("text", "part", "allowed"),
    [
        ("de", "'de'", "LANGUAGE=ENCODER"),
        ("de=resemblyzer,", "''", "LANGUAGE=ENCODER"),
        ("de=onnx:/models/one,two.onnx", "'two.onnx'", "a path holds no comma"),
        ("german=resemblyzer", "'german=resemblyzer'", "two or three letters"),
        ("de-AT=resemblyzer", "'de-AT=resemblyzer'", "de, not de-AT"),
        ("=resemblyzer", "'=resemblyzer'", "two or three letters"),
        ("de=", "'de='", "telephone, resemblyzer, or onnx:"),
        ("fr=resemblyzer,de=onnx:", "'de=onnx:'", "telephone, resemblyzer, or onnx:"),
        ("de=/models/german.onnx", "'de=/models/german.onnx'", "onnx: and the path"),
        ("de=resemblyzer,DE=telephone", "'DE=telephone'", "de is there twice"),
    ],
)
def test_the_error_names_variable_part_and_what_is_allowed(text: str, part: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        encoders_by_language(text)
    message = str(caught.value)
    assert message.startswith(f"VOICE_ENCODER_BY_LANGUAGE: {part} is not allowed: ")
    assert allowed in message


@pytest.mark.parametrize(
    ("language", "encoder"),
    [
        ("de", "onnx:/de.onnx"),
        ("de-AT", "onnx:/de.onnx"),
        ("DE_ch", "onnx:/de.onnx"),
        ("den", "telephone"),
        ("en-GB", "telephone"),
        ("", "telephone"),
    ],
)
def test_the_primary_subtag_decides(language: str, encoder: str) -> None:
    assert encoder_for(language, "telephone", {"de": "onnx:/de.onnx"}) == encoder
