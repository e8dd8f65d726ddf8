"""How long the built-in consent questions take to say: at most twelve seconds, eight about recognition alone.

    python benchmarks/spoken_length.py

Has ``espeak-ng`` speak each language's questions for "Acme Bank" and 365 days at its default pace, 175 words
a minute, and ``flite`` the English ones with its voice slt at its own pace, and prints a table: the question
about voiceprints, the one about notes, the same after the sentence it follows on a call ("Thank you, Ada.
..."), and the one about recognition. The exit status is 1 if espeak-ng takes longer than it may for a
question; what the sentence before one takes is only measured. Needs espeak-ng and flite.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Final

from opusagent_voiceprint.consent import ConsentScript, default_script
from opusagent_voiceprint.consent.languages import LANGUAGES

WORDS_A_MINUTE: Final = 175
ORGANIZATION: Final = "Acme Bank"
NAME: Final = "Ada"
RETENTION_DAYS: Final = 365
ESPEAK_VOICES: Final = {"en": "en-gb"}  # the other languages' voices have the languages' codes


def spoken(script: ConsentScript) -> dict[str, tuple[str, float | None]]:
    """What is said by name, with the seconds that it may take."""
    if script.recognition_question is None:
        raise LookupError(f"the script in {script.language!r} has no question about recognition")
    return {
        "voiceprints": (script.question, 12.0),
        "notes": (script.ask_memory, 12.0),
        "notes, after the enrollment": (f"{script.enrolled(NAME)} {script.ask_memory}", None),
        "recognition": (script.recognition_question, 8.0),
    }


def seconds(speaker: list[str], file: Path) -> float:
    """How long the file is that a speech synthesizer wrote."""
    subprocess.run(speaker, check=True, stdout=subprocess.DEVNULL)
    with wave.open(str(file)) as audio:
        return audio.getnframes() / audio.getframerate()


def main() -> int:
    """Print the table; 1 if a question is too long."""
    too_long = []
    sys.stdout.write("| language | question | words | espeak-ng | flite |\n|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "question.wav")
        for language in LANGUAGES:
            script = default_script(language, ORGANIZATION, RETENTION_DAYS)
            if script is None:
                raise LookupError(f"no script is written in the language {language!r}")
            voice = ESPEAK_VOICES.get(language, language)
            for which, (words, longest) in spoken(script).items():
                pace = ["-s", str(WORDS_A_MINUTE)]
                taken = seconds(["espeak-ng", *pace, "-v", voice, "-w", str(file), words], file)
                flite = "-"
                if language == "en":
                    speaker = ["flite", "-voice", "slt", "-t", words, "-o", str(file)]
                    flite = f"{seconds(speaker, file):.2f} s"
                cells = (f"`{language}`", which, f"{len(words.split())}", f"{taken:.2f} s", flite)
                sys.stdout.write(f"| {' | '.join(cells)} |\n")
                if longest is not None and taken > longest:
                    too_long.append(f"{which} in {language!r} ({longest:g} s)")
    if too_long:
        sys.stderr.write(f"longer than it may be: {', '.join(too_long)}\n")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
