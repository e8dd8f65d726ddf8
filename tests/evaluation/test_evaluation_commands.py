"""The commands ``evaluate`` and ``calibrate``, on a small corpus of the synthetic voices."""

from __future__ import annotations

import base64
import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.errors import EvaluationError, SettingsError
from opusagent_voiceprint.evaluation import listening
from opusagent_voiceprint.evaluation.calibration_file import keep_and_save
from opusagent_voiceprint.evaluation.results import FIGURES, Evaluation
from opusagent_voiceprint.evaluation.tables import remarks, tables
from opusagent_voiceprint.matching import Backend, Calibration, backend

MakeCorpus = Callable[[Path, Sequence[str]], Path]

VOICES = ("awb", "kal16", "rms", "slt")
QUICK = ("--lines", "mulaw", "--pairs", "", "--noise", "none", "--enroll-seconds", "4", "--bootstrap", "20")
SITE = ("--far", "0.01", "--seconds", "3", "--enroll-seconds", "5")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def refused(*arguments: object) -> str:
    """What a command that must fail says."""
    result = invoke(*arguments)
    assert isinstance(result.exception, (EvaluationError, SettingsError)), result.output
    return str(result.exception)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, make_corpus: MakeCorpus) -> Path:
    """Four voices; beside them a torn recording, and a speaker with hardly any audio."""
    folder = make_corpus(tmp_path_factory.mktemp("corpus"), VOICES)
    (folder / "slt" / "torn.wav").write_bytes(b"RIFF....")
    (folder / "brief").mkdir()
    soundfile.write(folder / "brief" / "hm.wav", np.zeros(8_000, dtype=np.float32), 8_000)
    return folder


@pytest.fixture(scope="module")
def evaluated(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with everything that an evaluation writes, and what it printed."""
    out = tmp_path_factory.mktemp("evaluation") / "out"
    result = invoke("evaluate", corpus, "--out", out, *QUICK, "--seconds", "2,4", "--title", "Four voices")
    assert result.exit_code == 0, result.output
    return out, result.stdout


def test_an_evaluation_writes_figures_report_and_plots(evaluated: tuple[Path, str]) -> None:
    out, printed = evaluated
    assert {path.name for path in out.iterdir()} == {
        "evaluation.json",
        "evaluation.csv",
        "report.html",
        "det.png",
        "histograms.png",
        "dir_over_seconds.png",
    }
    for path in out.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert path.name in printed


def test_p25_the_figures_have_counts_and_intervals_and_are_those_of_the_voices(
    evaluated: tuple[Path, str],
) -> None:
    found = Evaluation.load(evaluated[0] / "evaluation.json")
    assert [(each.lines, each.seconds) for each in found.conditions] == [
        ("mulaw / mulaw", 2.0),
        ("mulaw / mulaw", 4.0),
    ]
    for each in found.conditions:
        assert set(each.figures) == set(FIGURES)
        assert (each.callers, each.probes, each.genuine, each.impostor) == (4, 4, 4, 12)
        assert each.gallery == 3
        for figure in each.figures.values():
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low <= figure.value + 1e-9
            assert figure.value <= figure.high + 1e-9
    short, long = found.conditions
    assert short.net_seconds.value < long.net_seconds.value <= 4.0
    assert long.figures["eer"].value == 0.0  # four synthesisers are not hard to tell apart
    assert long.figures["fpir"].value == 0.0
    assert long.figures["dir_at_fpir_1e-2"].value == 1.0
    assert long.figures["min_cllr"].value <= long.figures["cllr"].value
    assert sum(long.curves.genuine) == pytest.approx(1.0, abs=1e-3)


def test_what_could_not_be_used_is_counted_and_named(evaluated: tuple[Path, str]) -> None:
    out, printed = evaluated
    data = Evaluation.load(out / "evaluation.json").data
    assert (data.speakers, data.recordings, data.enrolled, data.unused_speakers) == (5, 10, 4, 1)
    assert data.unreadable == ["slt/torn.wav"]
    assert data.too_short == ["brief/hm.wav"]
    assert data.enrollments == 4
    report = (out / "report.html").read_text(encoding="utf-8")
    for text in (printed, report):
        assert "Recordings that cannot be read and were skipped: 1 of 10 (slt/torn.wav)" in text
        assert "Recordings that are too short and were skipped: 1 of 10 (brief/hm.wav)" in text
        assert "too little audio to be enrolled and probed: 1 of 5" in text


def test_the_report_says_what_flatters(evaluated: tuple[Path, str]) -> None:
    found = Evaluation.load(evaluated[0] / "evaluation.json")
    said = " ".join(remarks(found))
    assert "it is of another session: 4 of 4" in said
    assert "Galleries are of 3 instead of 60" in said
    assert "With this few speakers" in said
    assert "one session flatters" not in said
    update = {"relations": {"same recording": 4}, "overlapping_calls": 2, "poor_enrollments": 3}
    cut = found.data.model_copy(update=update)
    said = " ".join(remarks(found.model_copy(update={"data": cut})))
    assert "that enrolled their speaker, without overlap: 4 of 4" in said
    assert "one session flatters" in said
    assert "overlapping parts of one recording: 2." in said
    assert "would be refused for their quality, and are measured all the same: 3 of 4." in said


def test_p25_a_figure_that_too_few_probes_support_is_marked(evaluated: tuple[Path, str]) -> None:
    found = Evaluation.load(evaluated[0] / "evaluation.json")
    open_set = tables(found)[1]
    column = open_set.columns.index("DIR at FPIR 1 %")
    assert all("*" in row[column] for row in open_set.rows)
    assert open_set.note.startswith("*")
    many = [each.model_copy(update={"probes": 100}) for each in found.conditions]
    marked = tables(found.model_copy(update={"conditions": many}))[1]
    assert not any("*" in row[column] for row in marked.rows)
    assert all("*" in row[column + 1] for row in marked.rows)  # FPIR 0.1 % takes a thousand


class Page(HTMLParser):
    """What a page refers to, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_is_one_file_with_its_images_in_it(evaluated: tuple[Path, str]) -> None:
    out, _ = evaluated
    page = Page()
    page.feed((out / "report.html").read_text(encoding="utf-8"))
    assert len(page.sources) == 3
    images = {base64.b64decode(each.removeprefix("data:image/png;base64,")) for each in page.sources}
    assert images == {path.read_bytes() for path in out.glob("*.png")}
    for words in ("Four voices", "mulaw / mulaw", "EER %", "DIR at FPIR 0.1 %", "Cllr", "impostor"):
        assert words in page.text


def test_the_csv_has_a_row_for_each_condition_with_the_figures_of_the_json(
    evaluated: tuple[Path, str],
) -> None:
    out, _ = evaluated
    found = Evaluation.load(out / "evaluation.json")
    with (out / "evaluation.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found.conditions)
    for row, condition in zip(rows, found.conditions, strict=True):
        assert (row["enroll"], row["probe"], float(row["seconds"])) == (
            "mulaw",
            "mulaw",
            condition.seconds,
        )
        for name, figure in condition.figures.items():
            assert float(row[name]) == figure.value
            assert float(row[f"{name}_high"]) == figure.high


def test_tables_for_documents_are_made_of_results(evaluated: tuple[Path, str], tmp_path: Path) -> None:
    out, _ = evaluated
    document = tmp_path / "accuracy.md"
    results = out / "evaluation.json"
    result = invoke("evaluate", "--markdown", document, "--results", results, "--results", results)
    assert result.exit_code == 0, result.output
    text = document.read_text(encoding="utf-8")
    assert text.count("## Four voices") == 2
    for name in ("data", "machine", "made", "versions", "encoder", "probes"):
        assert text.count(f"- {name}: ") == 2
    tables_found = re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE)
    assert len(tables_found) == 4
    for table in tables_found:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert "| mulaw / mulaw | 4 |" in text


def test_a_document_keeps_what_is_around_the_tables(evaluated: tuple[Path, str], tmp_path: Path) -> None:
    document = tmp_path / "accuracy.md"
    results = evaluated[0] / "evaluation.json"
    assert invoke("evaluate", "--markdown", document, "--results", results).exit_code == 0
    first = document.read_text()
    document.write_text(first.replace("# Accuracy", "# Accuracy\n\nOf twenty voices.") + "\nThe end.\n")
    assert invoke("evaluate", "--markdown", document, "--results", results).exit_code == 0
    again = document.read_text()
    assert "Of twenty voices." in again
    assert again.endswith("The end.\n")
    assert again.count("## Four voices") == 1
    document.write_text("# Something else\n")
    assert "where tables belong" in refused("evaluate", "--markdown", document, "--results", results)
    assert document.read_text() == "# Something else\n"


def test_the_same_seed_gives_the_same_figures(
    evaluated: tuple[Path, str], corpus: Path, tmp_path: Path
) -> None:
    options = ("--seconds", "2,4", "--no-plots")
    assert invoke("evaluate", corpus, "--out", tmp_path, *QUICK, *options).exit_code == 0
    first, again = (Evaluation.load(path / "evaluation.json").conditions for path in (evaluated[0], tmp_path))
    assert [each.figures for each in first] == [each.figures for each in again]


def test_without_matplotlib_figures_are_written_and_the_extra_is_named(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = refused("evaluate", corpus, "--out", tmp_path, *QUICK, "--seconds", "2", "--calls", "3")
    assert "pip install 'opusagent-voiceprint[report]'" in message
    assert "--no-plots" in message
    assert {path.name for path in tmp_path.iterdir()} == {"evaluation.json", "evaluation.csv"}
    data = Evaluation.load(tmp_path / "evaluation.json").data
    assert data.fewer_calls == 4  # two recordings are one enrollment call and one to probe with


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--lines", "isdn"), "'isdn' is not a line"),
        (("--pairs", "wide"), "enrolled:probe"),
        (("--noise", "rain15"), "'mulaw+rain15' is not a line"),
        (("--seconds", "0"), "--seconds=0 is not allowed"),
        (("--seconds", "soon"), "--seconds=soon is not allowed"),
        (("--enroll-seconds", "30"), "of 5 speakers 0 can be enrolled on 30 s"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_by_name(
    corpus: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    assert message in refused("evaluate", corpus, "--out", tmp_path / "out", *options)


def test_a_corpus_is_needed_and_has_to_have_speakers(tmp_path: Path) -> None:
    assert "name the corpus" in refused("evaluate")
    assert "name the corpus" in refused("calibrate")
    assert "there are no recordings" in refused("evaluate", tmp_path)
    assert "does not exist" in refused("calibrate", tmp_path / "nowhere")


def test_results_that_are_something_else_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    message = refused("evaluate", "--markdown", tmp_path / "a.md", "--results", other)
    assert "is not an evaluation of this version" in message
    assert not (tmp_path / "a.md").exists()


def test_an_error_is_one_line_and_exit_status_two(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from opusagent_voiceprint.cli import main; main()", "evaluate", "nowhere"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("opusagent-voiceprint: nowhere does not exist")
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stdout == ""


@pytest.mark.parametrize("name", ["evaluation.json", "evaluation.csv", "report.html", "det.png"])
def test_files_that_no_evaluation_wrote_are_not_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    # Refused before the corpus is looked at.
    message = refused("evaluate", tmp_path / "no corpus", "--out", tmp_path, *QUICK)
    assert f"{name} is there and would be lost" in message
    assert (tmp_path / name).read_text() == "mine"


def test_an_evaluation_takes_the_place_of_the_one_before(
    evaluated: tuple[Path, str], corpus: Path, tmp_path: Path
) -> None:
    shutil.copytree(evaluated[0], tmp_path / "out")
    options = ("--seconds", "4", "--no-plots", "--title", "Again")
    result = invoke("evaluate", corpus, "--out", tmp_path / "out", *QUICK, *options)
    assert result.exit_code == 0, result.output
    assert Evaluation.load(tmp_path / "out" / "evaluation.json").title == "Again"


def test_a_caller_whose_probe_is_refused_is_missed_and_no_stranger(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    folder = make_corpus(tmp_path / "voices", VOICES)
    (folder / "slt" / "slt_return.ogg").unlink()
    soundfile.write(folder / "slt" / "slt_return.wav", np.zeros(8 * 8_000, dtype=np.float32), 8_000)
    options = ("--out", tmp_path / "out", "--seconds", "4", "--no-plots")
    result = invoke("evaluate", folder, *QUICK, *options)
    assert result.exit_code == 0, result.output
    found = Evaluation.load(tmp_path / "out" / "evaluation.json")
    (condition,) = found.conditions
    assert (condition.callers, condition.probes, condition.genuine, condition.refused) == (4, 3, 3, 1)
    assert condition.figures["dir_at_fpir_1e-2"].value == 0.75
    assert condition.figures["dir"].value <= 0.75
    assert condition.figures["eer"].value == 0.0
    said = " ".join(remarks(found))
    assert "clipped to nothing: 1 in all rows. DIR counts those of enrolled speakers as not named" in said
    open_set = tables(found)[1]
    assert open_set.rows[0][open_set.columns.index("refused")] == "1"


def test_a_speaker_whose_enrollment_is_refused_is_not_enrolled_and_is_counted(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    folder = make_corpus(tmp_path / "voices", VOICES)
    (folder / "slt" / "slt_enroll.ogg").unlink()
    soundfile.write(folder / "slt" / "slt_enroll.wav", np.zeros(8 * 8_000, dtype=np.float32), 8_000)
    options = ("--out", tmp_path / "out", "--seconds", "4", "--no-plots")
    result = invoke("evaluate", folder, *QUICK, *options)
    assert result.exit_code == 0, result.output
    found = Evaluation.load(tmp_path / "out" / "evaluation.json")
    assert (found.data.enrollments, found.data.refused_enrollments) == (3, 1)
    assert "a speaker without another one counts as not enrolled: 1 of 4." in " ".join(remarks(found))
    (condition,) = found.conditions
    assert (condition.callers, condition.probes, condition.genuine, condition.refused) == (3, 4, 3, 0)


def test_a_recording_that_cannot_be_read_to_its_end_is_not_a_missed_caller(
    make_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_corpus(tmp_path / "voices", VOICES)
    torn = folder / "slt" / "slt_return.ogg"
    read = listening.read_audio

    def gone_meanwhile(path: Path) -> object:
        if path == torn:
            path.unlink()
        return read(path)

    monkeypatch.setattr(listening, "read_audio", gone_meanwhile)
    options = ("--out", tmp_path / "out", "--seconds", "4", "--no-plots")
    assert invoke("evaluate", folder, *QUICK, *options).exit_code == 0
    found = Evaluation.load(tmp_path / "out" / "evaluation.json")
    assert found.data.unreadable == ["slt/slt_return.ogg"]
    assert (found.conditions[0].probes, found.conditions[0].refused) == (3, 0)
    assert found.conditions[0].figures["dir_at_fpir_1e-2"].value == 1.0


def test_conditions_without_anything_to_compare_are_named(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    folder = make_corpus(tmp_path / "voices", VOICES)
    for voice in VOICES:
        spoken, rate = soundfile.read(folder / voice / f"{voice}_return.ogg", dtype="float32")
        spoken = spoken[-8 * rate :]
        spoken[-2 * rate :] = 0.0  # the last two seconds of each are silent
        soundfile.write(folder / voice / f"{voice}_return.wav", spoken, rate)
        (folder / voice / f"{voice}_return.ogg").unlink()
    options = ("--out", tmp_path / "out", "--seconds", "2,5", "--no-plots")
    result = invoke("evaluate", folder, *QUICK, *options)
    assert result.exit_code == 0, result.output
    found = Evaluation.load(tmp_path / "out" / "evaluation.json")
    assert [each.seconds for each in found.conditions] == [5.0]
    assert found.not_measured == ["mulaw / mulaw, 2 s"]
    assert "there is no row of: mulaw / mulaw, 2 s." in " ".join(remarks(found))


# --- calibrate


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, make_corpus: MakeCorpus, voice_names: list[str]) -> Path:
    """A folder with all twenty voices, and with artefacts of which the calibration of wideband is off."""
    folder = tmp_path_factory.mktemp("site")
    make_corpus(folder / "voices", voice_names)
    shutil.copytree(backend.ARTEFACTS, folder / "artefacts")
    path = folder / "artefacts" / "telephone-calibration.json"
    shipped = Calibration.load(path)
    wide = shipped.classes["wide"]
    off = wide.model_copy(update={"offset": wide.offset - 12.0})
    shipped.model_copy(update={"classes": {**shipped.classes, "wide": off}}).save(path)
    return folder


@contextmanager
def came_along_off(site: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "ARTEFACTS", site / "artefacts")
        yield


@pytest.fixture(scope="module")
def calibrated(site: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Calibration, Result]:
    """A calibration to all twenty voices of a site, the one before, and what was said.

    What comes along with the encoder is off for the wideband of these voices, and is in force from a file.
    """
    path = tmp_path_factory.mktemp("calibrated") / "calibration.json"
    with came_along_off(site):
        before = Backend.shipped(chosen_encoders()).calibration
        before.save(path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VOICE_CALIBRATION", str(path))
            result = invoke("calibrate", site / "voices", *SITE)
    return path, before, result


def test_calibrating_replaces_the_calibration_in_force_where_it_was_off(
    calibrated: tuple[Path, Calibration, Result],
) -> None:
    path, before, result = calibrated
    assert result.exit_code == 0, result.output
    found = Backend.configured(chosen_encoders(), str(path)).calibration
    assert found.encoder_id == before.encoder_id
    changed = {name for name, each in found.classes.items() if each != before.classes[name]}
    assert changed == {"wide"}  # the recordings are wideband, and nothing is known of other lines
    assert Calibration.load(path.with_name("calibration.json.previous")) == before


def test_calibrating_says_what_it_did(calibrated: tuple[Path, Calibration, Result]) -> None:
    _, _, result = calibrated
    said = " ".join(result.stdout.split())
    changes = r"(\d\.\d{3}) -> (\d\.\d{3}) \d\.\d{3} -> \d\.\d{3} (\d+\.\d) -> (\d+\.\d) fitted"
    found = re.search(rf"wide 20 20 380 {changes}", said)
    assert found
    cllr_before, cllr_after, frr_before, frr_after = map(float, found.groups())
    assert "Compared is with the calibration that came along, not with that of VOICE_CALIBRATION" in said
    assert cllr_after < cllr_before
    assert frr_after < frr_before
    assert said.count("as it was: no trials") == 4
    assert "it is of another session: 20 of 20" in said
    assert "set VOICE_CALIBRATION" not in said  # it is set


def test_a_calibration_somewhere_else_says_what_to_set(
    calibrated: tuple[Path, Calibration, Result],
    site: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, before, _ = calibrated
    base = tmp_path / "base.json"
    before.save(base)
    monkeypatch.setenv("VOICE_CALIBRATION", str(base))
    place = tmp_path / "new.json"
    with came_along_off(site):
        result = invoke("calibrate", site / "voices", "--out", place, *SITE)
    assert result.exit_code == 0, result.output
    assert f"set VOICE_CALIBRATION={place.resolve()}" in " ".join(result.stdout.split())
    assert Calibration.load(place) == Calibration.load(path)  # nothing about it is by chance
    assert Calibration.load(base) == before


def test_calibrating_again_compares_with_what_came_along_and_not_with_its_own_result(
    calibrated: tuple[Path, Calibration, Result],
    site: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("calibration.json", "calibration.json.previous"):
        (tmp_path / name).write_bytes((calibrated[0].parent / name).read_bytes())
    monkeypatch.setenv("VOICE_CALIBRATION", str(tmp_path / "calibration.json"))
    with came_along_off(site):
        result = invoke("calibrate", site / "voices", *SITE)
    assert result.exit_code == 0, result.output
    rows = [re.findall("wide +20 .* fitted", each.stdout) for each in (calibrated[2], result)]
    assert len(rows[0]) == 1
    assert rows[0] == rows[1]
    assert "says the same" in " ".join(result.stdout.split())
    # What would be brought back is still what was there before the first of the two.
    assert invoke("calibrate", "--undo").exit_code == 0
    assert Calibration.load(tmp_path / "calibration.json") == calibrated[1]


def test_a_site_that_is_recognised_worse_than_by_what_came_along_is_told_how_to_go_back_to_it(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "off.json"
    path.write_bytes((site / "artefacts" / "telephone-calibration.json").read_bytes())
    before = path.read_bytes()
    monkeypatch.setenv("VOICE_CALIBRATION", str(path))
    result = invoke("calibrate", site / "voices", *SITE)
    said = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert "held-out figures get worse" in said
    assert "To recognise with the calibration that came along, unset VOICE_CALIBRATION." in said
    assert path.read_bytes() == before


def test_labels_that_are_mixed_up_are_not_fitted(
    site: Path, voice_names: list[str], voices_folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index.csv"
    rows = ["path,speaker"]
    for speaker, other in zip(voice_names, [*voice_names[1:], voice_names[0]], strict=True):
        rows.append(f"{voices_folder / f'{speaker}_enroll.ogg'},{speaker}")
        rows.append(f"{voices_folder / f'{other}_return.ogg'},{speaker}")
    index.write_text("\n".join(rows))
    place = tmp_path / "calibration.json"
    with came_along_off(site):
        result = invoke("calibrate", index, "--out", place, *SITE)
    assert result.exit_code == 1, result.output
    said = " ".join(result.stdout.split())
    assert "held-out speakers are not told apart" in said
    assert "check the labels" in said
    assert not place.exists()


def test_undoing_brings_back_what_was_there_before(
    calibrated: tuple[Path, Calibration, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before, _ = calibrated
    for name in ("calibration.json", "calibration.json.previous"):
        (tmp_path / name).write_bytes((path.parent / name).read_bytes())
    monkeypatch.setenv("VOICE_CALIBRATION", str(tmp_path / "calibration.json"))
    result = invoke("calibrate", "--undo")
    assert result.exit_code == 0, result.output
    assert "is what it was before" in " ".join(result.stdout.split())
    assert Calibration.load(tmp_path / "calibration.json") == before


def test_undoing_the_first_calibration_leaves_no_file(
    calibrated: tuple[Path, Calibration, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keep_and_save(Calibration.load(calibrated[0]), Path("calibration.json"))
    result = invoke("calibrate", "--undo")
    assert result.exit_code == 0, result.output
    assert "calibration.json is gone: there was none before" in result.stdout
    assert list(tmp_path.iterdir()) == []
    assert "there is no calibration of calibration.json to undo" in refused("calibrate", "--undo")


def test_the_settings_are_what_is_evaluated(
    calibrated: tuple[Path, Calibration, Result],
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = Backend.shipped(chosen_encoders()).calibration
    deaf = {
        name: each.model_copy(update={"offset": each.offset - 100.0})
        for name, each in shipped.classes.items()
    }
    path = tmp_path / "deaf.json"
    shipped.model_copy(update={"classes": deaf}).save(path)
    monkeypatch.setenv("VOICE_CALIBRATION", str(path))
    monkeypatch.setenv("VOICE_MIN_AUDIO_QUALITY", "1")
    monkeypatch.setenv("VOICE_KNOWN_NUMBER_THRESHOLD", "0.4")
    options = ("--out", tmp_path, *QUICK, "--seconds", "4", "--no-plots", "--known-number")
    assert invoke("evaluate", corpus, *options).exit_code == 0
    found = Evaluation.load(tmp_path / "evaluation.json")
    assert found.system.calibration == "deaf.json"
    assert (found.system.known_number, found.system.similarity_threshold) == (True, 0.4)
    assert found.data.poor_enrollments == found.data.enrollments == 4
    assert found.conditions[0].figures["frr"].value == 1.0
    assert found.conditions[0].figures["dir"].value == 0.0
    assert found.conditions[0].figures["eer"].value == 0.0  # what is off is the threshold, not the scores


def test_too_few_speakers_are_refused_with_numbers_and_nothing_is_written(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calibration.json"
    monkeypatch.setenv("VOICE_CALIBRATION", str(path))
    options = ("--seconds", "4", "--enroll-seconds", "4")
    result = invoke("calibrate", corpus, *options)
    assert result.exit_code == 1
    said = " ".join(result.stdout.split())
    assert "4 speakers have genuine trials; 20 are needed" in said
    assert "Nothing was written" in said
    assert "unset VOICE_CALIBRATION" not in said  # nothing is known against it
    assert list(tmp_path.iterdir()) == []


def test_a_place_for_the_calibration_that_there_is_not_is_refused_first(corpus: Path, tmp_path: Path) -> None:
    message = refused("calibrate", corpus, "--out", tmp_path / "nowhere" / "calibration.json")
    assert "is not a folder" in message


def test_a_file_that_is_no_calibration_is_not_calibrated_over(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("path,speaker\n")
    # Refused before the corpus is looked at.
    message = refused("calibrate", tmp_path / "no corpus", "--out", names)
    assert "names.csv is there and would be lost" in message
    assert names.read_text() == "path,speaker\n"
    assert list(tmp_path.iterdir()) == [names]
