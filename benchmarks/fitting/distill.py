"""Fine-tunes a copy of Resemblyzer's network for the telephone, without labels.

    python -m fitting.distill POOL_FOLDER SPEECH_FOLDER WEIGHTS.npz --without-folds 0

The student hears a window through a random line and learns to give what the frozen original gives for the
same window before the line: knowledge distillation (Hinton et al., 2015) with the teacher in better
conditions. Both outputs are leaky, so that the student learns what the original's ReLU throws away, and so
that gradients reach units that are off. Finally the weights are averaged with the original's (WiSE-FT,
Wortsman et al., 2022), which gives back most of what was lost in clean wideband. Writes float16 weights and
a card beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from fitting.network import LEAK, SpeakerNetwork, save_weights, stock_network
from fitting.speech import Corpus, seeded

__all__ = ["distil", "unit"]


def unit(raw: torch.Tensor, leak: float = LEAK) -> torch.Tensor:
    """Leaky outputs of length one, of shape (windows, 256)."""
    return torch.nn.functional.normalize(torch.nn.functional.leaky_relu(raw, leak), dim=1)


def distil(
    mels: npt.NDArray[np.float16],
    targets: npt.NDArray[np.float32],
    *,
    steps: int,
    rate: float,
    batch: int,
    target_leak: float,
    seed: int,
) -> SpeakerNetwork:
    """A fine-tuned copy of the stock network.

    Args:
        mels: student's windows, shape (windows, 160, 40).
        targets: the original's outputs before the ReLU, shape (windows, 256).
        steps: of Adam, with 50 of warm-up and then a cosine to 2 % of ``rate``.
        rate: the learning rate.
        batch: windows a step.
        target_leak: what of the original's negative outputs is in the target; 0 is its own ReLU.
        seed: of the order of the windows.
    """
    student = stock_network().train()
    wanted = unit(torch.from_numpy(targets), target_leak)
    optimizer = torch.optim.Adam(student.parameters(), lr=rate)
    rng = seeded("distil", seed)
    order: list[int] = []
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        scale = min(1.0, (step + 1) / 50) * (0.49 * (1 + math.cos(math.pi * step / steps)) + 0.02)
        for group in optimizer.param_groups:
            group["lr"] = rate * scale
        if len(order) < batch:
            order = rng.permutation(len(mels)).tolist()
        chosen, order = order[:batch], order[batch:]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            raw = student(torch.from_numpy(mels[chosen].astype(np.float32)))
        loss = (1.0 - (unit(raw.float()) * wanted[chosen]).sum(dim=1)).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(student.parameters(), 3.0)
        optimizer.step()
        running += float(loss.detach())
        if (step + 1) % 50 == 0:
            print(
                f"  step {step + 1}: loss {running / 50:.4f}, {time.monotonic() - started:.0f} s", flush=True
            )
            running = 0.0
    return student.eval()


def averaged(student: SpeakerNetwork, part: float) -> dict[str, torch.Tensor]:
    """The student's weights and the original's, averaged; ``part`` is the student's share."""
    original = stock_network().state_dict()
    own = student.state_dict()
    return {key: (1 - part) * original[key] + part * own[key] for key in original}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pool", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--without-folds", type=int, nargs="*", default=[], help="leave their speakers out")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--target-leak", type=float, default=LEAK)
    parser.add_argument("--student-part", type=float, default=0.75)
    parser.add_argument("--draws", type=int, default=99, help="of the pool, at most")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    corpus = Corpus(options.speech)
    columns: dict[str, list[Any]] = {"mels": [], "targets": [], "about": []}
    draws = sorted(options.pool.glob("about-*.npy"))[: options.draws]
    for draw in draws:
        about = np.load(draw)
        keep = ~np.isin(corpus.fold[about[:, 0]], options.without_folds)
        for name, parts in columns.items():
            parts.append(np.load(draw.with_name(draw.name.replace("about", name)), mmap_mode="r")[keep])
    mels, targets, about = (np.concatenate(columns[name]) for name in ("mels", "targets", "about"))
    speakers = len(np.unique(about[:, 0]))
    print(f"{len(mels)} pairs of {speakers} speakers")
    student = distil(
        mels,
        targets,
        steps=options.steps,
        rate=options.rate,
        batch=options.batch,
        target_leak=options.target_leak,
        seed=options.seed,
    )
    save_weights(options.weights, averaged(student, options.student_part))
    card = {
        "what": "Resemblyzer's network, fine-tuned for the telephone by distillation without labels",
        "data": "LibriSpeech (CC BY 4.0), the development speech; simulated rooms, noise and telephone lines",
        "speakers": speakers,
        "speaker_names": sorted(corpus.names[index] for index in np.unique(about[:, 0])),
        "pairs": len(mels),
        "draws": len(draws),
        "recipe": {
            key: getattr(options, key)
            for key in ("steps", "rate", "batch", "target_leak", "student_part", "seed")
        }
        | {"optimizer": "Adam", "student_leak": LEAK, "warm_up": 50, "clip": 3.0, "precision": "bfloat16"},
        "sha256": hashlib.sha256(options.weights.read_bytes()).hexdigest(),
    }
    options.weights.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
