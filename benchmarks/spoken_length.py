"""How long the built-in consent questions take to say: at most twelve seconds.

    python benchmarks/spoken_length.py

Has ``espeak-ng`` speak each language's question for "Acme Bank" and 365 days at its default pace, 175 words a
minute, and ``flite`` the English one with its voice slt at its own pace, and prints a table. The exit status
is 1 if espeak-ng takes longer than twelve seconds for one of them. Needs espeak-ng and flite.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Final

from opusagent_voiceprint.consent import default_script
from opusagent_voiceprint.consent.languages import LANGUAGES

LONGEST_SECONDS: Final = 12.0
WORDS_A_MINUTE: Final = 175
ORGANIZATION: Final = "Acme Bank"
RETENTION_DAYS: Final = 365
ESPEAK_VOICES: Final = {"en": "en-gb"}  # the other languages' voices have the languages' codes


def seconds(speaker: list[str], file: Path) -> float:
    """How long the file is that a speech synthesizer wrote."""
    subprocess.run(speaker, check=True, stdout=subprocess.DEVNULL)
    with wave.open(str(file)) as audio:
        return audio.getnframes() / audio.getframerate()


def main() -> int:
    """Print the table; 1 if a question is too long."""
    too_long = []
    sys.stdout.write("| language | words | espeak-ng | flite |\n|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "question.wav")
        for language in LANGUAGES:
            script = default_script(language, ORGANIZATION, RETENTION_DAYS)
            if script is None:
                raise LookupError(f"no script is written in the language {language!r}")
            question, voice = script.question, ESPEAK_VOICES.get(language, language)
            pace = ["-s", str(WORDS_A_MINUTE)]
            taken = seconds(["espeak-ng", *pace, "-v", voice, "-w", str(file), question], file)
            flite = "-"
            if language == "en":
                speaker = ["flite", "-voice", "slt", "-t", question, "-o", str(file)]
                flite = f"{seconds(speaker, file):.2f} s"
            cells = (f"`{language}`", f"{len(question.split())}", f"{taken:.2f} s", flite)
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
            if taken > LONGEST_SECONDS:
                too_long.append(language)
    if too_long:
        sys.stderr.write(f"longer than {LONGEST_SECONDS:g} s: {', '.join(too_long)}\n")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
