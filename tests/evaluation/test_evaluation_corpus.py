"""Corpora and plans: whose recordings are where, and which parts of them enroll and probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.corpus import Corpus, read_corpus
from opusagent_voiceprint.evaluation.plan import Plan, plan_cuts

Lengths = dict[str, Sequence[float]]


@pytest.fixture
def recordings(tmp_path: Path) -> Callable[[Lengths, str], Path]:
    """Makes silent recordings of these lengths in seconds, in folders of these names."""

    def make(lengths: Lengths, suffix: str = ".wav") -> Path:
        for folder, each in lengths.items():
            (tmp_path / folder).mkdir(parents=True)
            for number, seconds in enumerate(each):
                name = tmp_path / folder / f"{number}{suffix}"
                soundfile.write(name, np.zeros(round(seconds * 8_000), dtype=np.float32), 8_000)
        return tmp_path

    return make


def plan_of(folder: Path, **options: float) -> tuple[Corpus, Plan]:
    corpus = read_corpus(folder)
    settings = {"enroll_seconds": 6.0, "probe_seconds": 5.0, **options}
    return corpus, plan_cuts(corpus, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_folder_that_holds_recordings_is_a_speaker_however_deep(
    recordings: Callable[[Lengths, str], Path], suffix: str
) -> None:
    corpus = read_corpus(recordings({"ada": [1, 1], "more/bob": [1], "more/deeper/eve": [1]}, suffix))
    assert corpus.speakers == ["ada", "more/bob", "more/deeper/eve"]
    assert [each.name for each in corpus.of(0)] == [f"ada/0{suffix}", f"ada/1{suffix}"]
    assert len(corpus.recordings) == 4


def test_nested_folders_are_pointed_out_since_they_may_be_sessions(
    recordings: Callable[[Lengths], Path],
) -> None:
    folder = recordings({"ada/monday": [1], "ada/friday": [1], "bob/monday": [1]})
    corpus = read_corpus(folder)
    assert len(corpus.speakers) == 3
    assert "--speaker-depth" in corpus.notes[0]
    by_depth = read_corpus(folder, 1)
    assert by_depth.speakers == ["ada", "bob"]
    assert sorted(each.session for each in by_depth.of(0)) == ["friday", "monday"]
    assert by_depth.notes == []


def test_an_index_names_recordings_speakers_and_sessions(recordings: Callable[[Lengths], Path]) -> None:
    folder = recordings({"audio": [1, 1, 1]})
    index = folder / "index.csv"
    index.write_text("path,speaker,session\naudio/0.wav,ada,1\naudio/1.wav,ada,2\naudio/2.wav,bob,\n")
    corpus = read_corpus(index)
    assert corpus.speakers == ["ada", "bob"]
    assert [(each.name, each.session) for each in corpus.of(0)] == [
        ("audio/0.wav", "1"),
        ("audio/1.wav", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,speaker\na.wav,ada\n", "no column 'path'"),
        ("path,who\na.wav,ada\n", "no column 'speaker'"),
        ("path,speaker\na.wav,ada\nb.wav,\n", "line 3 of .* has no path or no speaker"),
        ("", "no column 'path'"),
        ("path,speaker\n", "there are no recordings"),
    ],
)
def test_an_index_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    index = tmp_path / "index.csv"
    index.write_text(text)
    with pytest.raises(EvaluationError, match=message):
        read_corpus(index)


def test_an_index_that_is_not_text_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "index.csv"
    index.write_bytes(b"path,speaker\n\xff\xfe\x00,ada\n")
    with pytest.raises(EvaluationError, match="not a CSV file in UTF-8"):
        read_corpus(index)


def test_no_folder_no_recordings_and_one_speaker_are_refused(
    tmp_path: Path, recordings: Callable[[Lengths], Path]
) -> None:
    with pytest.raises(EvaluationError, match="does not exist"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(EvaluationError, match="there are no recordings"):
        read_corpus(tmp_path)
    with pytest.raises(EvaluationError, match="one speaker only"):
        read_corpus(recordings({"ada": [1, 1]}))
    with pytest.raises(EvaluationError, match="at least 5 deep"):
        read_corpus(tmp_path, 5)


@pytest.mark.parametrize("second", ["ada", "eve"])
@pytest.mark.parametrize("way", ["the same", "a way round", "absolute", "symbolic link", "hard link"])
def test_one_file_under_two_names_is_refused(
    recordings: Callable[[Lengths], Path], way: str, second: str
) -> None:
    folder = recordings({"audio": [1, 1], "more": []})
    first, link = folder / "audio" / "0.wav", folder / "more" / "again.wav"
    if way == "symbolic link":
        link.symlink_to(first)
    elif way == "hard link":
        link.hardlink_to(first)
    other = {
        "the same": "audio/0.wav",
        "a way round": "more/../audio/0.wav",
        "absolute": str(first),
    }.get(way, "more/again.wav")
    index = folder / "index.csv"
    index.write_text(f"path,speaker\naudio/0.wav,ada\naudio/1.wav,bob\n{other},{second}\n")
    whose = "'ada'" if second == "ada" else "'ada' and 'eve'"
    with pytest.raises(
        EvaluationError, match=f"a recording twice, of {whose}: audio/0.wav and .* are one file"
    ):
        read_corpus(index)


def test_a_link_to_a_recording_of_another_folder_is_refused(recordings: Callable[[Lengths], Path]) -> None:
    folder = recordings({"ada": [1], "bob": [1]})
    (folder / "bob" / "link.wav").symlink_to(folder / "ada" / "0.wav")
    with pytest.raises(EvaluationError, match=r"ada/0\.wav and bob/link\.wav are one file"):
        read_corpus(folder)


def test_recordings_that_do_not_exist_are_no_reason_to_refuse_the_others(
    recordings: Callable[[Lengths], Path],
) -> None:
    folder = recordings({"audio": [14.0] * 3})
    index = folder / "index.csv"
    rows = [f"audio/{number}.wav,{name}" for number, name in enumerate("abc")]
    index.write_text("\n".join(["path,speaker", *rows, "gone.wav,a", "gone too.wav,b"]))
    _, plan = plan_of(index)
    assert plan.unreadable == ["gone.wav", "gone too.wav"]


def test_a_speaker_with_one_recording_is_enrolled_on_its_beginning_and_probed_on_its_end(
    recordings: Callable[[Lengths], Path],
) -> None:
    _, plan = plan_of(recordings({name: [14.0] for name in "abc"}))
    assert {(cut.start, cut.seconds) for cuts in plan.enrollments.values() for cut in cuts} == {(0.0, 6.0)}
    assert {(cut.start, cut.seconds) for cut in plan.probes} == {(9.0, 5.0)}
    assert plan.relations == {"other session": 0, "other recording": 0, "same recording": 3}


def test_enrollment_and_probe_of_one_recording_never_overlap(recordings: Callable[[Lengths], Path]) -> None:
    _, plan = plan_of(recordings({name: [11.0 + place] for place, name in enumerate("abcd")}), calls=3)
    for probe in plan.probes:
        for cut in plan.enrollments[probe.recording.speaker]:
            assert cut.start + cut.seconds <= probe.start + 1e-9
    assert plan.overlapping == 4


def test_three_calls_of_one_long_recording_do_not_overlap(recordings: Callable[[Lengths], Path]) -> None:
    _, plan = plan_of(recordings({name: [40.0] for name in "abc"}), calls=3)
    starts = [cut.start for cut in plan.enrollments[0]]
    assert starts == [0.0, 14.5, 29.0]
    assert plan.overlapping == 0


def test_other_recordings_are_probes_where_there_are_some(recordings: Callable[[Lengths], Path]) -> None:
    _, plan = plan_of(recordings({name: [8.0, 7.0, 5.5, 2.0] for name in "abc"}))
    assert [cut.recording.name for cut in plan.enrollments[0]] == ["a/0.wav"]
    probes = [cut.recording.name for cut in plan.probes if cut.recording.speaker == 0]
    assert probes == ["a/1.wav", "a/2.wav"]
    assert plan.relations["other recording"] == 6
    assert plan.too_short == ["a/3.wav", "b/3.wav", "c/3.wav"]


def test_a_probe_is_of_another_session_where_sessions_are_known(
    recordings: Callable[[Lengths], Path],
) -> None:
    folder = recordings({f"{who}/{day}": [7.0, 7.0] for who in "abc" for day in ("fri", "mon")})
    corpus = read_corpus(folder, 1)
    plan = plan_cuts(corpus, enroll_seconds=6.0, probe_seconds=5.0)
    assert plan.relations == {"other session": 6, "other recording": 0, "same recording": 0}
    for probe in plan.probes:
        assert probe.recording.session != plan.enrollments[probe.recording.speaker][0].recording.session


def test_sessions_that_are_all_one_are_no_other_session(recordings: Callable[[Lengths], Path]) -> None:
    folder = recordings({f"{who}/mon": [7.0, 7.0] for who in "abc"})
    plan = plan_cuts(read_corpus(folder, 1), enroll_seconds=6.0, probe_seconds=5.0)
    assert plan.relations == {"other session": 0, "other recording": 3, "same recording": 0}


def test_fewer_recordings_than_calls_are_counted(recordings: Callable[[Lengths], Path]) -> None:
    _, plan = plan_of(recordings({"a": [7.0] * 2, "b": [7.0] * 4, "c": [7.0] * 6}), calls=3)
    assert [len(plan.enrollments[speaker]) for speaker in range(3)] == [1, 3, 3]
    assert plan.fewer_calls == 1


def test_no_more_probes_of_a_speaker_than_asked_for(recordings: Callable[[Lengths], Path]) -> None:
    _, plan = plan_of(recordings({"a": [7.0] * 9, "b": [7.0] * 2, "c": [14.0]}), probes=3)
    speakers = [cut.recording.speaker for cut in plan.probes]
    assert [speakers.count(speaker) for speaker in range(3)] == [3, 1, 1]


def test_what_cannot_be_read_is_skipped_and_named(recordings: Callable[[Lengths], Path]) -> None:
    folder = recordings({name: [14.0] for name in "abc"})
    (folder / "a" / "torn.wav").write_bytes(b"RIFF....")
    (folder / "d").mkdir()
    (folder / "d" / "empty.flac").touch()
    _, plan = plan_of(folder)
    assert plan.unreadable == ["a/torn.wav", "d/empty.flac"]
    assert plan.unused == 1
    assert len(plan.enrollments) == 3


def test_recordings_that_are_all_too_short_are_refused_with_their_number(
    recordings: Callable[[Lengths], Path],
) -> None:
    folder = recordings({"a": [14.0], "b": [3.0, 2.0], "c": [10.0]})
    with pytest.raises(EvaluationError) as caught:
        plan_of(folder)
    assert "of 3 speakers 1 can be enrolled on 6 s and probed with other 5 s" in str(caught.value)
    assert "3 are too short ('b/0.wav', ...)" in str(caught.value)
