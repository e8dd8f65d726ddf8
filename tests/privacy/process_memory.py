"""What stands in the memory of another process of ours: what it may write to, read through /proc."""

from __future__ import annotations

from pathlib import Path


def found_in_memory(pid: int, needles: dict[str, bytes]) -> set[str]:
    """Which of the needles stand in memory that the process may write to, its stacks and heaps included."""
    found = set()
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for each in maps:
            place, rights, *_ = each.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in place.split("-"))
            memory.seek(start)
            content = memory.read(end - start)
            found |= {name for name, needle in needles.items() if needle in content}
    return found
