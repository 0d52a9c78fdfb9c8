"""The files of this checkout, as git sees them: tracked ones and new ones that are not ignored."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class NotACheckoutError(SystemExit):
    """The folder is not a git checkout, so nobody can say which files belong to it; ends a gate with its sentence."""


def git(*arguments: str, root: Path = ROOT) -> bytes:
    """What `git` prints, or a sentence saying why it could not."""
    try:
        answer = subprocess.run(["git", "-C", root, *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise NotACheckoutError("git is not installed: run `make tools`") from None
    if answer.returncode != 0:
        said = answer.stderr.decode(errors="replace").strip().splitlines()
        raise NotACheckoutError(f"git {arguments[0]}: {said[0] if said else 'failed'}: run this in a clone")
    return answer.stdout


def files(*patterns: str, root: Path = ROOT) -> list[str]:
    """Paths relative to the root, sorted; with patterns (git's) only the matching ones."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns, root=root)
    paths = {name.decode() for name in listed.split(b"\0") if name}
    return sorted(path for path in paths if (root / path).is_file())
