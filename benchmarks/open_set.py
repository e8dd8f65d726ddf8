"""Measures open-set identification at the default settings on a folder of speech, one folder a speaker.

    python benchmarks/open_set.py SPEECH_FOLDER

Every other speaker is enrolled on 6 s of the first recording; probes are 5 s from its other end, of those
who are enrolled and of those who are not. Both ends share a session, which flatters. Telephone lines are
simulated: 8 kHz, 300 to 3400 Hz, G.711. Prints, for each pair of lines, how many of the enrolled are named
rightly, how many wrongly, and how many strangers are named.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from operating_points import telephone

from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, VoiceprintError
from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.models import Decision

ROWS = (("wide", "wide"), ("telephone", "telephone"), ("wide", "telephone"), ("telephone", "wide"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    recordings = [
        sorted(folder.glob("*.flac"))[0]
        for folder in sorted(options.folder.rglob("*"))
        if any(folder.glob("*.flac"))
    ]
    speakers = [audio for path in recordings if len(audio := read_audio(path)) >= 12 * 16_000]
    lines = {"wide": speakers, "telephone": [telephone(audio) for audio in speakers]}
    print(f"{len(speakers)} speakers, {len(speakers[::2])} of them enrolled, one probe each")
    for enrolled, probe in ROWS:
        with tempfile.TemporaryDirectory() as folder, SQLiteStorage(Path(folder) / "voices.db") as store:
            recognizer = OpusAgentVoiceRecognizer(store)
            known: set[int] = set()
            for index in range(0, len(speakers), 2):
                try:
                    recognizer.enroll_caller(str(index), lines[enrolled][index][: 6 * 16_000])
                    known.add(index)
                except VoiceprintError as exc:  # noqa: PERF203 - one refusal must not end the run
                    print(f"  speaker {index} not enrolled: {type(exc).__name__}")
            counts = {"right": 0, "wrong": 0, "stranger": 0}
            for index, audio in enumerate(lines[probe]):
                found = recognizer.identify(np.ascontiguousarray(audio[-5 * 16_000 :]))
                if found.decision is Decision.RECOGNISED:
                    own = "right" if found.caller_id == str(index) else "wrong"
                    counts[own if index in known else "stranger"] += 1
            strangers = len(speakers) - len(known)
            right, wrong = (100 * counts[key] / len(known) for key in ("right", "wrong"))
            print(
                f"{enrolled} / {probe}: of {len(known)} enrolled {right:.0f} % named rightly, "
                f"{wrong:.0f} % wrongly; of {strangers} strangers "
                f"{100 * counts['stranger'] / strangers:.0f} % named"
            )


if __name__ == "__main__":
    main()
