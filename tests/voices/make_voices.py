"""Makes the recordings of the demo and of the tests: voices of flite and espeak-ng, saying our own sentences.

    apt-get install flite espeak-ng
    python tests/voices/make_voices.py

Writes ``tests/voices/*.ogg`` (twenty voices, two utterances each) and
``opusagent_voiceprint/cli/demo_voices/*.ogg``, 16 kHz mono. Nobody's voice is in them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "opusagent_voiceprint" / "cli" / "demo_voices"
RATE = 16_000

ENROLL = (
    "Good morning. I would like to ask about the delivery of my order. It was supposed to arrive on Tuesday, "
    "but nobody came to the door, and the tracking page has not changed since then."
)
RETURN = (
    "Hello again. The parcel arrived at last, thank you, but one of the two lamps inside is broken, so I "
    "want to send it back and have it replaced."
)

# name -> synthesiser, voice and pitch; chosen so that the encoder keeps every pair apart on a telephone line.
VOICES: dict[str, tuple[Any, ...]] = {
    "awb": ("flite", "awb"),
    "kal16": ("flite", "kal16"),
    "rms": ("flite", "rms"),
    "slt": ("flite", "slt"),
    "grandma": ("espeak-ng", "en-us+grandma", 85),
    "marcelo": ("espeak-ng", "en-us+marcelo"),
    "marco": ("espeak-ng", "en-us+Marco"),
    "whisperf": ("espeak-ng", "en-us+whisperf"),
    "iven": ("espeak-ng", "en-us+iven", 5),
    "diogo": ("espeak-ng", "en-us+Diogo"),
    "steph": ("espeak-ng", "en-us+steph"),
    "anxious_andy": ("espeak-ng", "en-us+AnxiousAndy"),
    "travis": ("espeak-ng", "en-us+travis"),
    "kaukovalta": ("espeak-ng", "en-us+kaukovalta"),
    "caribbean_f2": ("espeak-ng", "en-029+f2"),
    "jacky": ("espeak-ng", "en-us+Jacky"),
    "norbert": ("espeak-ng", "en-us+norbert"),
    "announcer": ("espeak-ng", "en-us+announcer"),
    "alicia": ("espeak-ng", "en-us+Alicia"),
    "rob": ("espeak-ng", "en-us+rob"),
}

DEMO_LINES = {
    "caller_order": ("slt", ENROLL),
    "caller_yes": ("slt", "Yes, you may."),
    "caller_name": ("slt", "My name is Ada."),
    "caller_yes_memory": ("slt", "Yes, please."),
    "caller_thanks": ("slt", "Thank you very much, that was all for today. Goodbye."),
    "caller_return": ("slt", RETURN),
    "caller_invoice": (
        "slt",
        "And please send the invoice for the new lamp to the same address as the last time, so that I have "
        "everything in one place.",
    ),
    "caller_forget": (
        "slt",
        "Good afternoon, it is me once more. The new lamp is fine and everything works, so there is nothing "
        "left to do about it.",
    ),
    "caller_withdraw": ("slt", "Forget my voice."),
    "caller_after": (
        "slt",
        "Hello, I would like to know when your shop in the old town is open on Saturdays, and whether there "
        "is any parking nearby.",
    ),
    "other_order": (
        "rms",
        "Good evening. I am calling because my account shows a payment that I do not remember. Could you "
        "please tell me what it was for, and when it was made?",
    ),
    "other_no": ("rms", "No, thank you."),
}


def speak(synthesiser: str, voice: str, text: str, pitch: int | None = None) -> np.ndarray:
    """Speech of shape (samples,) at 16 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        if synthesiser == "flite":
            command = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
        else:
            command = ["espeak-ng", "-v", voice, "-w", str(path)]
            if pitch is not None:
                command += ["-p", str(pitch)]
            command.append(text)
        subprocess.run(command, check=True)
        samples, rate = soundfile.read(path, dtype="float32")
    speech = soxr.resample(samples, rate, RATE)
    pause = np.zeros(RATE // 4, dtype=np.float32)
    return np.concatenate([pause, speech * (0.5 / np.abs(speech).max()), pause])


def write(path: Path, speech: np.ndarray) -> None:
    """Write Ogg Vorbis: a tenth of the size, and the telephone line takes more away than it does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, speech, RATE, format="OGG", subtype="VORBIS")


def main() -> None:
    """Make every recording."""
    for name, (synthesiser, voice, *pitch) in VOICES.items():
        write(HERE / f"{name}_enroll.ogg", speak(synthesiser, voice, ENROLL, *pitch))
        write(HERE / f"{name}_return.ogg", speak(synthesiser, voice, RETURN, *pitch))
    rows = [f"{name}_{take}.ogg,{name},{take}" for name in sorted(VOICES) for take in ("enroll", "return")]
    (HERE / "index.csv").write_text("\n".join(["path,speaker,session", *rows]) + "\n", encoding="utf-8")
    for name, (voice, text) in DEMO_LINES.items():
        write(DEMO / f"{name}.ogg", speak(*VOICES[voice], text))


if __name__ == "__main__":
    main()
