"""`make proof-gates`: shows that every gate can be red, and that every rule listed has a test that holds it.

The tree is copied; each gate has to be green there; then one fault after the other is planted into the copy,
its gate alone is run, and has to fail and name it. `python -P -m gates.planted leaks` plants only what is for leaks.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gates.account_rules import ACCOUNT_RULES
from gates.attack_rules import ATTACK_RULES
from gates.check import GATES
from gates.faults import FAULTS, Fault, Plant, commit
from gates.following_rules import FOLLOWING_RULES
from gates.luau_rules import LUAU_RULES
from gates.mapping_rules import MAPPING_RULES
from gates.pairing_rules import PAIRING_RULES
from gates.project_rules import PROJECT_RULES
from gates.realtime_rules import REALTIME_RULES
from gates.rules import RULES
from gates.session_rules import SESSION_RULES
from gates.signed_rules import SIGNED_RULES
from gates.step import Step
from gates.tree import ROOT, files, git
from gates.tree_rules import TREE_RULES

CLEAN = "clean"
SWITCHED_OFF = (
    *RULES,
    *TREE_RULES,
    *ACCOUNT_RULES,
    *PAIRING_RULES,
    *SESSION_RULES,
    *REALTIME_RULES,
    *SIGNED_RULES,
    *LUAU_RULES,
    *MAPPING_RULES,
    *PROJECT_RULES,
    *ATTACK_RULES,
    *FOLLOWING_RULES,
)
ALL = (*FAULTS, *(rule.fault for rule in SWITCHED_OFF))


@dataclass(frozen=True, slots=True)
class Copy:
    """A checkout of its own.

    It lies below target/, where git and the tools look away, and always in the same place, so that the caches of cargo
    and mypy serve again.
    """

    original: Path

    @property
    def root(self) -> Path:
        return self.original / "target" / "planted" / "tree"

    def make(self) -> None:
        """Copy every file, with the built core beside its sources and mypy's cache."""
        shutil.rmtree(self.root, ignore_errors=True)
        built = [
            path.relative_to(self.original).as_posix()
            for pattern in ("core_rs/_core*.so", ".tools/bin/*")
            for path in self.original.glob(pattern)
        ]
        for path in (*files(root=self.original), *built):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.original / path, self.root / path)
        if (self.original / ".mypy_cache").is_dir():
            shutil.copytree(self.original / ".mypy_cache", self.root / ".mypy_cache", copy_function=shutil.copy2)
        git("init", "-q", root=self.root)
        commit(self.root, "The tree as it is")
        git("tag", CLEAN, root=self.root)

    def run(self, command: Sequence[str], *plants: Plant) -> tuple[int, str]:
        """Plant, run with the copy's packages before the installed ones, and make the copy clean again."""
        for plant in plants:
            plant(self.root)
        places = {"PYTHONPATH": str(self.root), "CARGO_TARGET_DIR": str(self.root.with_name("cargo"))}
        ended = subprocess.run(
            command,
            cwd=self.root,
            env=os.environ | places,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        git("reset", "-q", "--hard", CLEAN, root=self.root)
        git("clean", "-q", "-f", "-d", root=self.root)
        return ended.returncode, ended.stdout


def not_green(copy: Copy, faults: Sequence[Fault]) -> list[str]:
    """The commands that are red before anything is planted: what they say then would prove nothing."""
    found = []
    for command, before in dict.fromkeys((fault.command, fault.before) for fault in faults if fault.comparable):
        code, said = copy.run(command, before)
        if code != 0:
            found.append(f"{' '.join(command)}: is red before anything is planted\n{said}")
    return found


def not_red(copy: Copy, fault: Fault) -> str | None:
    """Why the gate did not do its work, or None."""
    code, said = copy.run(fault.command, fault.before, fault.plant)
    if code == 0:
        return f"{fault.name}: stayed green\n{said}"
    return None if fault.says in said else f"{fault.name}: was red, but did not say {fault.says!r}\n{said}"


def main(
    words: Sequence[str], *, root: Path = ROOT, faults: Sequence[Fault] = ALL, gates: Sequence[Step] = GATES
) -> int:
    """Plant what was asked for, and count."""
    planted_for = {fault.command[-1] for fault in faults}
    failed = [f"{step.name}: no fault is planted for it" for step in gates if step.name not in planted_for]
    asked = [fault for fault in faults if not words or {fault.name, fault.topic, *fault.command} & set(words)]
    possible = [fault for fault in asked if fault.possible()]
    for fault in asked:
        if fault not in possible:
            print(f"left out {fault.name}: its gate cannot run on this machine", flush=True)
    copy = Copy(root)
    copy.make()
    failed += not_green(copy, possible)
    for fault in possible:
        why = not_red(copy, fault)
        print(f"{'NOT RED' if why else 'red    '}  {fault.name}", flush=True)
        failed += [why] if why else []
    print("\n".join(failed) or f"{len(possible)} faults planted: every gate was green before and red after")
    return 1 if failed or not possible else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
