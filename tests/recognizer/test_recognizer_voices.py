"""The library face: enrolling, recognising and forgetting real voices."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from opusagent_voiceprint import (
    AudioFormatError,
    AudioQualityError,
    Decision,
    JSONStorage,
    NotEnoughSpeechError,
    OpusAgentVoiceRecognizer,
    StorageError,
    Voiceprint,
    VoiceprintError,
)
from opusagent_voiceprint.audio import SAMPLE_RATE, resample
from opusagent_voiceprint.models import ConsentEvidence, Purpose
from opusagent_voiceprint.storage import CallerStore

Samples = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]
Line = Callable[[Samples], Samples]
OpenStore = Callable[[], CallerStore]

HOUSEHOLD = ("slt", "rms", "kal16", "grandma")


def as_int16(samples: Samples) -> npt.NDArray[np.int16]:
    return np.rint(samples * 32767).astype(np.int16)


def test_callers_are_recognised_when_they_come_back(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, telephone: Line
) -> None:
    for name in HOUSEHOLD:
        any_recognizer.enroll_caller(name, briefly(name, "enroll"))
    for name in HOUSEHOLD:
        found = any_recognizer.match_caller(briefly(name, "return"))
        assert found is not None
        caller_id, similarity, metadata = found
        assert (caller_id, metadata) == (name, {})
        assert 0.75 <= similarity <= 1.0
        # And on the telephone, though enrolled at full band.
        on_the_phone = any_recognizer.match_caller(telephone(briefly(name, "return")), sample_rate=8_000)
        assert on_the_phone is not None
        assert on_the_phone[0] == name


def test_callers_who_enrolled_on_the_telephone_are_recognised_there_and_elsewhere(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, telephone: Line
) -> None:
    for name in HOUSEHOLD:
        voiceprint = any_recognizer.enroll_caller(name, telephone(briefly(name, "enroll")), sample_rate=8_000)
        assert voiceprint.channel == "narrow"
    for name in HOUSEHOLD:
        for audio, rate in (
            (telephone(briefly(name, "return")), 8_000),
            (briefly(name, "return"), SAMPLE_RATE),
        ):
            found = any_recognizer.match_caller(audio, sample_rate=rate)
            assert found is not None
            assert found[0] == name


def test_all_twenty_test_voices_are_told_apart(
    briefly: Voice, voice_names: list[str], an_empty_folder: Path
) -> None:
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))
    for name in voice_names:
        recognizer.enroll_caller(name, briefly(name, "enroll"))
    assert [recognizer.identify(briefly(name, "return")).caller_id for name in voice_names] == voice_names


def test_a_stranger_is_not_recognised(recognizer: OpusAgentVoiceRecognizer, briefly: Voice) -> None:
    assert recognizer.match_caller(briefly("awb", "return")) is None
    for name in HOUSEHOLD:
        recognizer.enroll_caller(name, briefly(name, "enroll"))
    assert recognizer.match_caller(briefly("awb", "return")) is None
    found = recognizer.identify(briefly("awb", "return"))
    assert (found.decision, found.caller_id) == (Decision.UNKNOWN, None)


def test_one_caller_enrolled_under_two_ids_is_ambiguous(
    recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    recognizer.enroll_caller("also ada", briefly("slt", "enroll"))
    found = recognizer.identify(briefly("slt", "return"))
    assert (found.decision, found.caller_id) == (Decision.AMBIGUOUS, None)
    assert recognizer.match_caller(briefly("slt", "return")) is None


def test_identification_comes_with_its_evidence(recognizer: OpusAgentVoiceRecognizer, voice: Voice) -> None:
    for name in ("slt", "rms"):
        recognizer.enroll_caller(name, voice(name, "enroll"))
    found = recognizer.identify(voice("slt", "return"))
    assert (found.decision, found.caller_id) == (Decision.RECOGNISED, "slt")
    assert [caller_id for caller_id, _ in found.candidates] == ["slt", "rms"]
    assert found.similarity == found.candidates[0][1] > found.candidates[1][1]
    best, second = (score / (1 - score) for _, score in found.candidates)
    assert found.margin == pytest.approx((best - second) / (best + second))
    assert 7.0 < found.net_speech_seconds < len(voice("slt", "return")) / SAMPLE_RATE
    assert 0.9 < found.quality <= 1.0


FORMS: dict[str, Callable[[Samples, Path], tuple[Any, int]]] = {
    "float64": lambda samples, _: (samples.astype(np.float64), SAMPLE_RATE),
    "int16": lambda samples, _: (as_int16(samples), SAMPLE_RATE),
    "24 kHz": lambda samples, _: (resample(samples, SAMPLE_RATE, 24_000), 24_000),
    "48 kHz": lambda samples, _: (resample(samples, SAMPLE_RATE, 48_000), 48_000),
    "int16 at 48 kHz": lambda samples, _: (as_int16(resample(samples, SAMPLE_RATE, 48_000)), 48_000),
    "a path": lambda samples, folder: (written(folder / "a.wav", samples, SAMPLE_RATE), SAMPLE_RATE),
    "a path as text": lambda samples, folder: (str(written(folder / "a.flac", samples, 16_000)), 8_000),
}


def written(path: Path, samples: Samples, rate: int) -> Path:
    soundfile.write(path, samples, rate)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_audio_does_not_matter(form: str, briefly: Voice, an_empty_folder: Path) -> None:
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))
    samples = briefly("slt", "return")
    audio, rate = FORMS[form](samples, an_empty_folder)
    embedding = recognizer.get_embedding(audio, sample_rate=rate)
    assert embedding.shape == (256,)
    assert embedding.dtype == np.float32
    assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-5)
    assert embedding @ recognizer.get_embedding(samples) > 0.99
    assert recognizer.enroll_caller("slt", audio, sample_rate=rate).channel == "wide"
    assert recognizer.identify(audio, rate).caller_id == "slt"
    found = recognizer.match_caller(audio, sample_rate=rate)
    assert found is not None
    assert found[0] == "slt"


def test_a_voiceprint_says_what_it_rests_on(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, open_store: OpenStore
) -> None:
    voiceprint = any_recognizer.enroll_caller("ada", briefly("slt", "enroll"), {"tier": "gold"})
    assert (voiceprint.caller_id, voiceprint.metadata) == ("ada", {"tier": "gold"})
    assert voiceprint.encoder == any_recognizer.encoder.encoder_id
    assert voiceprint.channel == "wide"
    assert 5.0 < voiceprint.net_speech_seconds < 6.0
    assert voiceprint.quality >= 0.8
    assert voiceprint.created_at == voiceprint.last_seen
    assert voiceprint.created_at is not None
    assert voiceprint.created_at.endswith("+00:00")
    np.testing.assert_allclose(
        voiceprint.embedding, any_recognizer.get_embedding(briefly("slt", "enroll")), atol=1e-6
    )
    [stored] = open_store().get_all()
    np.testing.assert_array_equal(stored.embedding, voiceprint.embedding)
    assert stored.voiceprint_id == voiceprint.voiceprint_id


def test_p3_enrolling_records_that_the_application_vouches_for_consent(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, open_store: OpenStore
) -> None:
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    caller = open_store().get("ada")
    assert caller is not None
    consent = caller.consent(Purpose.VOICEPRINT)
    assert consent is not None
    assert consent.evidence is ConsentEvidence.APPLICATION
    assert caller.consent(Purpose.MEMORY) is None


def test_enrolling_again_adds_a_voiceprint(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, telephone: Line, open_store: OpenStore
) -> None:
    first = any_recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    second = any_recognizer.enroll_caller("ada", telephone(briefly("slt", "enroll")), sample_rate=8_000)
    caller = open_store().get("ada")
    assert caller is not None
    assert [each.voiceprint_id for each in caller.voiceprints] == [first.voiceprint_id, second.voiceprint_id]
    assert [each.channel for each in caller.voiceprints] == ["wide", "narrow"]
    # Each line is now compared with its like, so that both are sure.
    for audio, rate in (
        (briefly("slt", "return"), SAMPLE_RATE),
        (telephone(briefly("slt", "return")), 8_000),
    ):
        assert any_recognizer.identify(audio, rate).similarity > 0.85


@pytest.mark.parametrize("backend", ["json", "sqlite"])
def test_a_caller_keeps_as_many_voiceprints_as_the_settings_say(
    backend: str, briefly: Voice, monkeypatch: pytest.MonkeyPatch, an_empty_folder: Path
) -> None:
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", backend)
    monkeypatch.setenv("VOICE_MAX_VOICEPRINTS_PER_CALLER", "2")
    recognizer = OpusAgentVoiceRecognizer()
    made = [recognizer.enroll_caller("ada", briefly("slt", "return")) for _ in range(3)]
    kept = recognizer.storage.get_all()
    assert [each.voiceprint_id for each in kept] == [each.voiceprint_id for each in made[1:]]
    recognizer.close()
    default_name = {"json": "voiceprints.json", "sqlite": "voiceprints.db"}[backend]
    assert (an_empty_folder / default_name).is_file()


def test_metadata_comes_back_with_the_match_and_the_newest_wins(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    metadata = {"tier": "silver", "since": 2020}
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"), metadata)
    metadata["tier"] = "changed by the application afterwards"
    found = any_recognizer.match_caller(briefly("slt", "return"))
    assert found is not None
    assert found[2] == {"tier": "silver", "since": 2020}
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"), {"tier": "gold"})
    found = any_recognizer.match_caller(briefly("slt", "return"))
    assert found is not None
    assert found[2] == {"tier": "gold", "since": 2020}
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"), {"tier": "silver"})
    found = any_recognizer.match_caller(briefly("slt", "return"))
    assert found is not None
    assert found[2]["tier"] == "silver"


def test_a_forgotten_caller_is_not_recognised_and_nothing_is_left(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, open_store: OpenStore
) -> None:
    other = OpusAgentVoiceRecognizer(open_store())
    for name in ("slt", "rms"):
        any_recognizer.enroll_caller(name, briefly(name, "enroll"))
    assert other.identify(briefly("slt", "return")).caller_id == "slt"
    assert any_recognizer.forget_caller("slt") is True
    assert any_recognizer.match_caller(briefly("slt", "return")) is None
    assert other.match_caller(briefly("slt", "return")) is None
    assert other.identify(briefly("rms", "return")).caller_id == "rms"
    assert [each.caller_id for each in open_store().get_all()] == ["rms"]
    assert any_recognizer.forget_caller("slt") is False
    assert any_recognizer.forget_caller("nobody") is False


def test_when_a_store_refuses_to_erase_the_caller_is_not_half_forgotten(
    briefly: Voice, an_empty_folder: Path
) -> None:
    class FullDisk(JSONStorage):
        def erase(self, caller_id: str) -> bool:
            raise StorageError("no space left on the device")

    recognizer = OpusAgentVoiceRecognizer(FullDisk(an_empty_folder / "callers.json"))
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"
    with pytest.raises(StorageError, match="no space left"):
        recognizer.forget_caller("ada")
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"


def test_what_another_handle_writes_is_seen_on_the_next_match(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, open_store: OpenStore
) -> None:
    other = OpusAgentVoiceRecognizer(open_store())
    assert other.match_caller(briefly("slt", "return")) is None
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert other.identify(briefly("slt", "return")).caller_id == "ada"


ANOTHER_PROCESS = """
import sys
import numpy as np
from opusagent_voiceprint import JSONStorage, SQLiteStorage, Voiceprint
kind, path, embedding, encoder = sys.argv[1:]
store = {"json": JSONStorage, "sqlite": SQLiteStorage}[kind](path)
store.save(Voiceprint(caller_id="ada", embedding=np.load(embedding), encoder=encoder, channel="wide"))
store.close()
"""


@pytest.mark.parametrize(("kind", "name"), [("json", "callers.json"), ("sqlite", "callers.db")])
def test_what_another_process_writes_is_seen_on_the_next_match(
    kind: str, name: str, briefly: Voice, an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", kind)
    monkeypatch.setenv("VOICE_STORAGE_PATH", name)
    recognizer = OpusAgentVoiceRecognizer()
    assert recognizer.match_caller(briefly("slt", "return")) is None
    np.save(an_empty_folder / "embedding.npy", recognizer.get_embedding(briefly("slt", "enroll")))
    arguments = [kind, name, "embedding.npy", recognizer.encoder.encoder_id]
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, *arguments], check=True, timeout=60)
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"
    recognizer.close()


def test_an_older_copy_put_in_the_stores_place_is_followed(briefly: Voice, an_empty_folder: Path) -> None:
    path, backup = an_empty_folder / "callers.json", an_empty_folder / "backup.json"
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(path))
    recognizer.enroll_caller("slt", briefly("slt", "enroll"))
    shutil.copy(path, backup)
    recognizer.enroll_caller("rms", briefly("rms", "enroll"))
    assert recognizer.identify(briefly("rms", "return")).caller_id == "rms"
    backup.replace(path)
    assert recognizer.match_caller(briefly("rms", "return")) is None
    assert recognizer.identify(briefly("slt", "return")).caller_id == "slt"


class AListOfVoiceprints:
    """All that an application's own store must have."""

    def __init__(self) -> None:
        self.voiceprints: list[Voiceprint] = []

    def save(self, voiceprint: Voiceprint) -> None:
        self.voiceprints.append(voiceprint)

    def get_all(self) -> list[Voiceprint]:
        return list(self.voiceprints)


def test_an_applications_own_store_needs_only_save_and_get_all(briefly: Voice) -> None:
    store = AListOfVoiceprints()
    recognizer = OpusAgentVoiceRecognizer(store)
    assert recognizer.match_caller(briefly("slt", "return")) is None
    recognizer.enroll_caller("ada", briefly("slt", "enroll"), {"tier": "gold"})
    recognizer.enroll_caller("ben", briefly("rms", "enroll"))
    recognizer.enroll_caller("ada", briefly("slt", "enroll"), {"since": 2020})
    found = recognizer.match_caller(briefly("slt", "return"))
    assert found is not None
    assert (found[0], found[2]) == ("ada", {"tier": "gold", "since": 2020})
    store.voiceprints = [each for each in store.voiceprints if each.caller_id != "ada"]
    assert recognizer.match_caller(briefly("slt", "return")) is None
    assert recognizer.identify(briefly("rms", "return")).caller_id == "ben"
    with pytest.raises(VoiceprintError, match="AListOfVoiceprints has no erase"):
        recognizer.forget_caller("ben")
    recognizer.close()


def test_voiceprints_of_another_encoder_are_never_compared(briefly: Voice) -> None:
    store = AListOfVoiceprints()
    recognizer = OpusAgentVoiceRecognizer(store)
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    store.voiceprints = [each.model_copy(update={"encoder": "another"}) for each in store.voiceprints]
    found = recognizer.identify(briefly("slt", "return"))
    assert (found.decision, found.candidates) == (Decision.UNKNOWN, ())


SECOND = SAMPLE_RATE
UNUSABLE: dict[str, tuple[Callable[[Samples], Any], type[Exception], str]] = {
    "silent": (lambda _: np.zeros(5 * SECOND, np.float32), NotEnoughSpeechError, "the audio is silent"),
    "short": (lambda samples: samples[: SECOND // 2], NotEnoughSpeechError, r"in 0\.5 s; at least"),
    "only noise": (
        lambda _: np.full(5 * SECOND, 0.01, np.float32),
        NotEnoughSpeechError,
        r"has 0\.0 s of net speech in 5\.0 s",
    ),
    "NaN": (lambda samples: samples * np.float32(np.nan), AudioFormatError, "not finite numbers"),
    "empty": (lambda samples: samples[:0], AudioFormatError, "no samples"),
    "stereo": (lambda samples: np.stack([samples, samples]), AudioFormatError, "must be mono"),
    "clipped": (
        lambda samples: np.clip(samples * 1000, -1, 1),
        AudioQualityError,
        "clipped to nothing: .* full scale; lower",
    ),
    "a missing file": (lambda _: "missing.wav", AudioFormatError, "missing.wav does not exist"),
    "bytes": (lambda samples: samples.tobytes(), AudioFormatError, "not bytes; decode bytes first"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_audio_that_cannot_be_used_says_why_and_stores_nothing(
    case: str, briefly: Voice, an_empty_folder: Path
) -> None:
    make, error, message = UNUSABLE[case]
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))
    audio = make(briefly("slt", "enroll"))
    for use in (recognizer.get_embedding, recognizer.match_caller):
        with pytest.raises(error, match=message):
            use(audio)
    with pytest.raises(ValueError, match=message):
        recognizer.enroll_caller("ada", audio)
    assert recognizer.storage.get_all() == []


def test_too_little_speech_says_how_much_there_was_and_how_much_is_needed(
    recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    samples = briefly("slt", "enroll")[: int(1.6 * SECOND)]
    with pytest.raises(NotEnoughSpeechError) as caught:
        recognizer.enroll_caller("ada", samples)
    assert 0.8 < caught.value.net_speech_seconds < 1.6
    assert caught.value.needed_seconds == 1.6
    # Enough for an embedding, and too little to name anybody.
    assert recognizer.get_embedding(samples).shape == (256,)
    assert recognizer.match_caller(samples) is None


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.6])
def test_identifying_with_too_little_speech_says_so(
    recognizer: OpusAgentVoiceRecognizer, briefly: Voice, seconds: float
) -> None:
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    samples = np.concatenate(
        [np.zeros(SECOND, np.float32), briefly("slt", "enroll")[: int(seconds * SECOND)]]
    )
    found = recognizer.identify(samples)
    assert (found.decision, found.caller_id) == (Decision.NOT_ENOUGH_SPEECH, None)
    assert found.net_speech_seconds < 1.6


def test_speech_too_poor_is_not_enrolled_but_may_be_recognised(
    recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    overdriven = np.clip(briefly("slt", "enroll") * 16, -1, 1)
    with pytest.raises(AudioQualityError, match=r"less than VOICE_MIN_AUDIO_QUALITY=0\.6") as caught:
        recognizer.enroll_caller("ada", overdriven)
    assert 0.0 < caught.value.quality < 0.6
    assert recognizer.storage.get_all() == []
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert recognizer.identify(np.clip(briefly("slt", "return") * 3, -1, 1)).caller_id == "ada"


def test_the_least_quality_is_the_one_of_the_settings(
    briefly: Voice, monkeypatch: pytest.MonkeyPatch, open_store: OpenStore
) -> None:
    overdriven = np.clip(briefly("slt", "enroll") * 16, -1, 1)
    monkeypatch.setenv("VOICE_MIN_AUDIO_QUALITY", "0")
    assert OpusAgentVoiceRecognizer(open_store()).enroll_caller("ada", overdriven).quality < 0.6
    monkeypatch.setenv("VOICE_MIN_AUDIO_QUALITY", "1")
    with pytest.raises(AudioQualityError, match="VOICE_MIN_AUDIO_QUALITY=1;"):
        OpusAgentVoiceRecognizer(open_store()).enroll_caller("ada", briefly("slt", "enroll"))


def test_the_threshold_is_the_one_of_the_settings(
    any_recognizer: OpusAgentVoiceRecognizer,
    briefly: Voice,
    monkeypatch: pytest.MonkeyPatch,
    open_store: OpenStore,
) -> None:
    any_recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert any_recognizer.identify(briefly("slt", "return")).caller_id == "ada"
    monkeypatch.setenv("VOICE_SIMILARITY_THRESHOLD", "1")
    assert OpusAgentVoiceRecognizer(open_store()).match_caller(briefly("slt", "return")) is None


def test_p21_a_recording_of_two_people_is_not_enrolled(
    recognizer: OpusAgentVoiceRecognizer, voice: Voice
) -> None:
    both = np.concatenate([voice("slt", "enroll")[: 6 * SECOND], voice("rms", "enroll")[: 6 * SECOND]])
    with pytest.raises(AudioQualityError, match="more than one voice"):
        recognizer.enroll_caller("ada", both)
    assert recognizer.storage.get_all() == []


@pytest.mark.parametrize("caller_id", ["", "   ", "x" * 201, None, 5])
def test_a_caller_id_must_be_one(caller_id: Any, briefly: Voice, an_empty_folder: Path) -> None:
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))
    with pytest.raises(ValueError, match="caller_id must be a string of 1 to 200 characters"):
        recognizer.enroll_caller(caller_id, briefly("slt", "enroll"))
    assert recognizer.storage.get_all() == []


def test_a_caller_id_may_be_of_any_script(recognizer: OpusAgentVoiceRecognizer, briefly: Voice) -> None:
    recognizer.enroll_caller("Ödön Ναυσικά 花子", briefly("slt", "enroll"))
    assert recognizer.identify(briefly("slt", "return")).caller_id == "Ödön Ναυσικά 花子"


def test_the_array_that_was_given_is_not_changed(
    recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    samples = briefly("slt", "enroll").copy()
    recognizer.enroll_caller("ada", samples)
    recognizer.match_caller(samples)
    np.testing.assert_array_equal(samples, briefly("slt", "enroll"))


def test_several_threads_may_use_one_recognizer(recognizer: OpusAgentVoiceRecognizer, briefly: Voice) -> None:
    for name in ("slt", "rms"):
        recognizer.enroll_caller(name, briefly(name, "enroll"))
    found: dict[str, set[str | None]] = {"slt": set(), "rms": set()}
    start = threading.Barrier(4)

    def match(name: str) -> None:
        start.wait()
        for _ in range(3):
            found[name].add(recognizer.identify(briefly(name, "return")[: 5 * SECOND]).caller_id)

    threads = [threading.Thread(target=match, args=(name,)) for name in ("slt", "rms", "slt", "rms")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"slt": {"slt"}, "rms": {"rms"}}


@pytest.mark.parametrize("switch", ["argument", "setting"])
def test_p15_debug_logs_the_steps_without_names_or_scores(
    switch: str,
    briefly: Voice,
    an_empty_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    if switch == "setting":
        monkeypatch.setenv("VOICE_DEBUG", "true")
    store = JSONStorage(an_empty_folder / "callers.json")
    recognizer = OpusAgentVoiceRecognizer(store, debug=switch == "argument")
    recognizer.enroll_caller("Ada-sentinel", briefly("slt", "enroll"), {"name": "Lovelace-sentinel"})
    found = recognizer.identify(briefly("slt", "return"))
    assert "enrolled a voiceprint" in caplog.text
    assert "decided recognised" in caplog.text
    assert "sentinel" not in caplog.text
    assert f"{found.similarity:.3f}"[1:] not in caplog.text


def test_without_debug_nothing_is_logged(
    briefly: Voice, an_empty_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    recognizer = OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    recognizer.match_caller(briefly("slt", "return"))
    ours = [record for record in caplog.records if record.name.startswith("opusagent_voiceprint")]
    assert ours == []
