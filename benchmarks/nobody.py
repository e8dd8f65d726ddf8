"""Who is named when nobody speaks: sounds that are no voice, heard by the product among enrolled callers.

    python benchmarks/nobody.py SPEECH_FOLDER [MUSIC_FOLDER]

Enrolls everybody of a folder with one folder a speaker, on 6 s over mu-law and again over a wide line. Then
calls of half a minute on which there is only noise, tones, signalling, modems, alarms or music
(benchmarks/nonspeech.py and the recordings of MUSIC_FOLDER), over wide, mu-law and GSM lines; once from a
number that nobody is linked to, and once from one of ten callers. Everything runs as on a call: SpeechStream,
the encoders, VoiceTracker. Prints by family how many windows got as far as the encoder, the net speech that
was counted, and the calls on which somebody was named.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from fitting.lines import fixed_line
from fitting.speech import Corpus, Samples, seeded
from nonspeech import sounds

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.calls.tracker import Identified, TrackerEvent, VoiceTracker
from opusagent_voiceprint.encoding import (
    Encoders,
    SpeechStream,
    SpeechWindow,
    WindowEmbedding,
    chosen_encoders,
    embed_utterance,
)
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery
from opusagent_voiceprint.models import Decision, Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

_RATE: Final = 16_000
_CALL_SECONDS: Final = 30
_LINES: Final = ("wide", "mulaw", "gsm")
_LINKED: Final = 10


def calls(music: Path | None, draws: int) -> Iterator[tuple[str, Samples]]:
    for family, sound in sounds(draws, seed=99):
        yield family, np.resize(sound, _CALL_SECONDS * _RATE)
    paths = [] if music is None else sorted(music.rglob("*"))
    for path in paths:
        if path.suffix in {".wav", ".ogg", ".flac"}:
            piece = read_audio(path)
            for begin in range(0, len(piece) - _CALL_SECONDS * _RATE, 45 * _RATE):
                yield "recorded music", piece[begin : begin + _CALL_SECONDS * _RATE]


@dataclass
class Count:
    """Of one family."""

    calls: int = 0
    windows: int = 0
    seconds: float = 0.0
    named: int = 0
    linked: int = 0


def heard_by(
    encoders: Encoders, samples: Samples
) -> tuple[list[tuple[SpeechWindow, WindowEmbedding]], float]:
    """The windows of a call and their embeddings, and its net speech in seconds."""
    stream = SpeechStream(encoders.window)
    windows = stream.push(samples)
    if not windows:
        return [], stream.net_speech_seconds
    wide = np.array([each.wide for each in windows])
    embeddings = encoders.embed(np.stack([each.samples for each in windows]), wide)
    return list(zip(windows, embeddings, strict=True)), stream.net_speech_seconds


def named(
    gallery: Gallery,
    rule: DecisionRule,
    windows: list[tuple[SpeechWindow, WindowEmbedding]],
    linked: frozenset[str],
) -> bool:
    """Whether a call with these windows, from a number of these callers, ever names anybody."""
    events: list[TrackerEvent] = []
    tracker = VoiceTracker(gallery, rule, events.append)
    tracker.known = linked
    for window, embedding in windows:
        tracker.add(window, embedding, channel="wide" if window.wide else "narrow", heard_at=0.0)
    found = [each.identification.decision for each in events if isinstance(each, Identified)]
    return Decision.RECOGNISED in found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("music", type=Path, nargs="?")
    parser.add_argument("--draws", type=int, default=8, help="sounds of each family (default 8)")
    options = parser.parse_args()
    encoders = chosen_encoders()
    gallery, names = Gallery(Backend.shipped(encoders)), []
    corpus = Corpus(options.speech)
    for who, name in enumerate(corpus.names):
        speech = next(r.samples for r in corpus.recordings if r.speaker == who)[: 6 * _RATE]
        voiceprints = []
        for line in ("mulaw", "wide"):
            enrolled = embed_utterance(encoders, fixed_line(speech, line, seeded("nobody", who)))
            voiceprints.append(
                Voiceprint(
                    caller_id=name,
                    embedding=enrolled.embedding,
                    encoder=encoders.encoder_id,
                    channel=enrolled.channel,
                    wide_embedding=enrolled.wide_embedding,
                    wide_encoder=encoders.wide_encoder_id if enrolled.wide_embedding is not None else "",
                    snr_db=enrolled.snr_db,
                )
            )
        gallery.put(name, voiceprints)
        names.append(name)
    rule = DecisionRule.of(VoiceFingerprintConfig())
    counts: dict[str, Count] = defaultdict(Count)
    for number, (family, sound) in enumerate(calls(options.music, options.draws)):
        for line in _LINES:
            heard = fixed_line(sound, line, seeded("nobody", number, line))
            found, net = heard_by(encoders, heard)
            counts[family].calls += 1
            counts[family].windows += len(found)
            counts[family].seconds += net
            counts[family].named += named(gallery, rule, found, frozenset())
            counts[family].linked += named(gallery, rule, found, frozenset(names[:_LINKED]))
    print(f"{len(names)} callers enrolled over two lines; calls of {_CALL_SECONDS} s")
    for family, count in counts.items():
        windows, seconds = count.windows / count.calls, count.seconds / count.calls
        heard_of = f"{windows:5.2f} windows, {seconds:5.2f} s of net speech a call"
        names_given = f"named {count.named}, with a known number {count.linked}"
        print(f"{family:18s} {count.calls:4d} calls: {heard_of}; {names_given}")


if __name__ == "__main__":
    main()
