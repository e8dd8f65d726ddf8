"""How well two voices are told apart: in speech that is to be enrolled, and while a voice is watched.

    python benchmarks/voices_apart.py SPEECH_FOLDER CACHE.npz [--students MODEL-0.npz ... MODEL-3.npz]

Makes scenes of speech from a folder with one folder a speaker and an ``index.csv`` (path, speaker, sex): one
speaker alone; one speaker and then another (8 s and 8 s); a second voice between two parts of the first (6, 3
and 6 s). Partners are of one fold, so that the student that embeds both heard neither; each speaker meets one
of the same and one of the other sex. All go through ``SpeechStream`` on simulated lines; the outputs
of both networks are kept in CACHE. Then the rates of ``one_voice``, ``VoiceWatch``, ``AgentVoice`` and of
calls' ``EchoJudge`` are printed, line by line, with the numbers of trials. Windows of noisy lines count as
heard at 15 dB.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from fitting.lines import fixed_line
from fitting.network import LEAK, load_weights, outputs, stock_network
from fitting.speech import FOLDS, Corpus, Samples, seeded

from opusagent_voiceprint.audio.vad import FRAME_SAMPLES, VoiceActivityDetector
from opusagent_voiceprint.calls.echo import EchoJudge
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeechStream
from opusagent_voiceprint.encoding.features import mel_frames
from opusagent_voiceprint.matching import Channel
from opusagent_voiceprint.matching.voices import AgentVoice, VoiceWatch, one_voice

_RATE: Final = 16_000
LINES: Final = ("wide", "mulaw", "gsm", "white15", "babble15")
_SPEC: Final = ResemblyzerEncoder().window


@dataclass(frozen=True)
class Scene:
    """Parts of audio, one after the other: whose, and the samples."""

    kind: str
    speakers: tuple[int, ...]
    same_sex: bool
    parts: tuple[Samples, ...]


def scenes(corpus: Corpus, sexes: list[str]) -> Iterator[Scene]:
    own = [[r.samples for r in corpus.recordings if r.speaker == who] for who in range(corpus.speakers)]
    whole = [np.concatenate(each) for each in own]
    for who in range(corpus.speakers):
        # Minutes of the few who have them, split at utterances of other chapters; 14 s of the others.
        yield Scene("alone", (who,), True, (whole[who][: 60 * _RATE],))
        mates = [
            other
            for other in range(corpus.speakers)
            if other != who and corpus.fold[other] == corpus.fold[who] and len(whole[other]) >= 12 * _RATE
        ]
        if len(whole[who]) < 12 * _RATE:
            continue
        rng = seeded("scenes", corpus.names[who])
        for same_sex in (True, False):
            fitting = [other for other in mates if (sexes[other] == sexes[who]) == same_sex]
            other = int(rng.choice(fitting))
            gain = np.float32(10 ** (rng.uniform(-6, 6) / 20))
            first, second = whole[who], np.clip(whole[other] * gain, -1, 1)
            yield Scene("then", (who, other), same_sex, (first[: 8 * _RATE], second[: 8 * _RATE]))
            between = (first[: 6 * _RATE], second[: 3 * _RATE], first[6 * _RATE : 12 * _RATE])
            yield Scene("between", (who, other, who), same_sex, between)


def net_before(samples: Samples, at: int) -> float:
    """Seconds of net speech before a sample."""
    vad = VoiceActivityDetector()
    frames = [*vad.push(samples), *vad.flush()]
    return sum(speech for _, speech in frames[: at // FRAME_SAMPLES]) * FRAME_SAMPLES / _RATE


def prepare(corpus: Corpus, sexes: list[str], students: list[Path], cache: Path) -> None:
    networks = [load_weights(path) for path in students]
    stock = stock_network()
    rows: list[tuple[object, ...]] = []
    ends: list[float] = []
    found: dict[str, list[npt.NDArray[np.float32]]] = {"student": [], "stock": []}
    for number, scene in enumerate(scenes(corpus, sexes)):
        audio = np.concatenate(scene.parts)
        bounds = np.cumsum([len(part) for part in scene.parts])[:-1]
        fold = int(corpus.fold[scene.speakers[0]])
        others = [r.samples for r in corpus.of_fold(fold) if r.speaker not in scene.speakers]
        for line in LINES:
            heard = fixed_line(audio, line, seeded("line", number, line), others)
            stream = SpeechStream(_SPEC)
            windows = stream.push(heard)  # no last window aligned to the end: a call has none
            if not windows:
                continue
            mels = mel_frames(np.stack([each.samples for each in windows]))
            found["student"].append(outputs(networks[fold % len(networks)], mels, fast=True))
            found["stock"].append(outputs(stock, mels, fast=True))
            ends += [each.net_speech_seconds for each in windows]
            changes = [net_before(heard, int(at)) for at in bounds] + [1e9] * (2 - len(bounds))
            rows.append((scene.kind, line, scene.same_sex, fold, scene.speakers[0], *changes, len(windows)))
    kind, line_of, same, folds, speaker, first, second, count = zip(*rows, strict=True)
    np.savez(
        cache,
        kind=np.array(kind),
        line=np.array(line_of),
        same_sex=np.array(same),
        fold=np.array(folds),
        speaker=np.array(speaker),
        changes=np.stack([np.array(first), np.array(second)], axis=1).astype(np.float64),
        start=np.cumsum([0, *map(int, count)]),
        ends=np.array(ends),
        student=np.concatenate(found["student"]),
        stock=np.concatenate(found["stock"]),
    )


@dataclass(frozen=True)
class Cached:
    """Scenes; ``windows`` are embeddings of length one, (n, 256); scene i has start[i] to start[i + 1]."""

    kind: npt.NDArray[np.str_]
    line: npt.NDArray[np.str_]
    same_sex: npt.NDArray[np.bool_]
    fold: npt.NDArray[np.int64]
    speaker: npt.NDArray[np.int64]
    changes: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    ends: npt.NDArray[np.float64]
    windows: npt.NDArray[np.float32]

    @classmethod
    def load(cls, path: Path, network: str) -> Cached:
        leak = LEAK if network == "student" else 0.0
        with np.load(path) as arrays:
            raw = arrays[network]
            active = np.where(raw > 0, raw, leak * raw)
            names = [name for name in cls.__dataclass_fields__ if name != "windows"]
            return cls(
                **{name: arrays[name] for name in names},
                windows=active / np.linalg.norm(active, axis=1, keepdims=True),
            )

    def of(
        self, kind: str, line: str
    ) -> Iterator[tuple[int, npt.NDArray[np.float32], npt.NDArray[np.float64]]]:
        """Number, embeddings, and ends in net seconds of the scenes of a kind on a line."""
        for number in np.flatnonzero((self.kind == kind) & (self.line == line)):
            rows = slice(self.start[number], self.start[number + 1])
            yield int(number), self.windows[rows], self.ends[rows]


def snr_of(line: str) -> float:
    return 15.0 if line.endswith("15") else 40.0


def splits(cached: Cached, encoder_id: str, line: str) -> str:
    """Refusals of ``one_voice``, by what is in the speech."""
    refused: dict[str, list[bool]] = {}

    def heard(what: str, windows: npt.NDArray[np.float32]) -> None:
        if len(windows) >= 5:
            refused.setdefault(what, []).append(not one_voice(windows, encoder_id, snr_of(line)))

    for _, windows, ends in cached.of("alone", line):
        heard("one voice, 6 s", windows[: np.searchsorted(ends, 6.0, side="right")])
        heard("12 s", windows[: np.searchsorted(ends, 12.0, side="right")])
        if ends[-1] > 20:
            heard("a minute", windows)
    for number, windows, ends in cached.of("then", line):
        change = cached.changes[number, 0]
        for seconds in (1.6, 3.2, 99.0):
            until = int(np.searchsorted(ends, change + seconds, side="right"))
            heard(
                f"then {seconds:g} s of another" if seconds < 99 else "then all of another", windows[:until]
            )
    for _, windows, _ in cached.of("between", line):
        heard("another in between", windows)
    return "; ".join(
        f"{what} {100 * np.mean(found):.1f} % of {len(found)}" for what, found in refused.items()
    )


def watched(cached: Cached, encoder_id: str, line: str) -> str:
    """False alarms of ``VoiceWatch``, and when another voice is noticed."""

    def alarms(windows: npt.NDArray[np.float32]) -> list[int]:
        watch = VoiceWatch(encoder_id)
        return [at for at, window in enumerate(windows) if watch.add(window)]

    false, seconds = 0, 0.0
    for _, windows, ends in cached.of("alone", line):
        false += len(alarms(windows))
        seconds += float(ends[-1])
    noticed, same = [], []
    for number, windows, ends in cached.of("then", line):
        change = cached.changes[number, 0]
        if ends[-1] - change >= 5.0:
            at = [ends[each] - change for each in alarms(windows) if ends[each] > change]
            noticed.append(at[0] if at else np.inf)
            same.append(cached.same_sex[number])
    within, pairs = np.array(noticed) <= 5.0, np.array(same)
    return (
        f"{false} false alarms in {seconds / 60:.0f} min; {len(within)} changes, noticed within 5 s "
        f"of net speech {100 * within.mean():.0f} % (same sex {100 * within[pairs].mean():.0f}, other sex "
        f"{100 * within[~pairs].mean():.0f}), median {np.median(noticed):.1f} s, "
        f"90 % within {np.quantile(noticed, 0.9, method='higher'):.1f} s"
    )


def agents(cached: Cached, encoder_id: str, line: str) -> str:
    """An agent's voice known by six windows, and 4 other windows of its own or of somebody else's."""
    own_line = "wide" if line == "wide" else "mulaw"
    voices = {}
    for number, windows, _ in cached.of("alone", own_line):
        if len(windows) >= 12:
            voices[number] = agent = AgentVoice(encoder_id)
            for window in windows[:6]:
                agent.add(window)
    found: dict[bool, list[bool]] = {True: [], False: []}
    for number, windows, _ in cached.of("alone", line):
        for other, agent in voices.items():
            if cached.fold[other] == cached.fold[number] and len(windows) >= 12:
                own = bool(cached.speaker[other] == cached.speaker[number])
                found[own].append(agent.is_in(windows[8:12], "wide" if line == "wide" else "narrow"))
    known, others = found[True], found[False]
    return (
        f"the agent's voice known again {100 * np.mean(known):.0f} % of {len(known)}; "
        f"another taken for it {100 * np.mean(others):.2f} % of {len(others)}"
    )


def echoes(cached: Cached, encoder_id: str, line: str, known: int) -> str:
    """Twelve windows of an agent that is known by others come back; or six, and then twelve of a caller."""
    channel: Channel = "wide" if line == "wide" else "narrow"
    heard = {number: windows for number, windows, _ in cached.of("alone", line)}
    agents: dict[int, AgentVoice] = {}
    for number, windows, _ in cached.of("alone", "wide" if line == "wide" else "mulaw"):
        if len(windows) >= known + 6:
            agents[int(cached.speaker[number])] = agent = AgentVoice(encoder_id)
            for window in windows[:known]:
                agent.add(window)
    echo_of = {int(cached.speaker[number]): windows[known:] for number, windows in heard.items()}
    leaked, lost, begins = [], [], []
    rng = seeded("echoes", line, known)
    for number, windows in heard.items():
        caller = int(cached.speaker[number])
        if len(windows) < 12:
            continue
        if caller in agents:
            leaked.append(max(_counted(agents[caller], windows[known : known + 12], channel)) >= 4)
        fold = [
            who
            for who in agents
            if who != caller and who in echo_of and _fold(cached, who) == cached.fold[number]
        ]
        for other in rng.permutation(fold)[:3]:
            counted = _counted(agents[other], windows[:12], channel)
            lost.append(counted != list(range(1, 13)))
            echo = echo_of[other][:6]
            after = _counted(agents[other], np.concatenate([echo, windows[:12]]), channel)
            if after[len(echo) - 1] == 0:
                begins.append(next((at for at, n in enumerate(after[len(echo) :], 1) if n), np.inf))
    first, most = np.median(begins), np.quantile(begins, 0.95, method="higher")
    return (
        f"of an agent known by {known} windows 4 are taken for a caller's {100 * np.mean(leaked):.1f} % of "
        f"{len(leaked)}; callers who lose a window {100 * np.mean(lost):.1f} % of {len(lost)}; after an echo "
        f"callers count from window {first:.0f} on, 95 % from {most:.0f}, "
        f"in none of 12 {100 * np.mean(np.isinf(begins)):.1f} % of {len(begins)}"
    )


def _counted(agent: AgentVoice, windows: npt.NDArray[np.float32], channel: Channel) -> list[int]:
    """How many windows count as a caller's after each, as a call counts them."""
    judge, so_far, counted = EchoJudge(agent.is_in), list[npt.NDArray[np.float32]](), []
    for window in windows:
        echo = judge.add(so_far, window, channel)
        if echo == "caller_begins":
            so_far = []
        if echo != "agent_again":
            so_far.append(window)
        counted.append(0 if echo == "only_agent" else len(so_far))
    return counted


def _fold(cached: Cached, speaker: int) -> int:
    return int(cached.fold[np.flatnonzero(cached.speaker == speaker)[0]])


def report(cache: Path) -> None:
    """All rates, by network and line."""
    for network, encoder_id in (
        ("student", "telephone1-crossfitted"),
        ("stock", "resemblyzer-stock"),
        ("student", "unknown-student"),
        ("stock", "unknown-stock"),
    ):
        cached = Cached.load(cache, network)
        print(f"\n{network} network, limits of {encoder_id.partition('-')[0]} encoders")
        for line in LINES:
            print(f"{line:9s} split: {splits(cached, encoder_id, line)}")
            print(f"{'':9s} watch: {watched(cached, encoder_id, line)}")
            print(f"{'':9s} {agents(cached, encoder_id, line)}")
            if not encoder_id.startswith("unknown"):
                for known in (4, 8):
                    print(f"{'':9s} echo: {echoes(cached, encoder_id, line, known)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--students", type=Path, nargs=FOLDS, default=[])
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = Corpus(options.speech)
    with (options.speech / "index.csv").open() as rows:
        sex = {row["speaker"]: row["sex"] for row in csv.DictReader(rows)}
    started = time.monotonic()
    if not options.cache.exists():
        prepare(corpus, [sex[name] for name in corpus.names], options.students, options.cache)
        print(f"scenes embedded in {time.monotonic() - started:.0f} s")
    report(options.cache)


if __name__ == "__main__":
    main()
