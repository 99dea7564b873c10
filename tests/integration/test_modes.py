"""With umask 000 a whole journey makes nothing that anybody else could open, at no moment, as root and as anybody."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.forms import LONG
from simulator.served import ServedDistrict
from tui.pty_app import PtyApp

NOBODY = 65534
JOURNEY = (
    ("check",),
    ("schools", "update"),
    ("schools", "create-ali", "--from-aeries", "all"),
    ("pull", "--acknowledge"),
    ("pull", "--quick"),
    ("pull", "--plan"),
    ("results",),
    ("descriptions", "1", "--csv", "OUT/descriptions.csv"),
    ("accounts", "find", "a"),
    ("undo", "1"),
    ("export", "oneroster", "--version", "1.2", "--to", "OUT"),
    ("archive", "create", "--yes"),
    ("credentials", "change", "demo", "--daily-import", "02:30"),
    ("schedule", "preview"),
    ("status",),
    ("doctor",),
    ("credentials", "remove", "demo"),
)  # fmt: skip
AS_ANYBODY = {"schools", "pull", "export", "doctor"}
"""Of the journey what another user goes through; how a file is made does not hang on who makes it."""

GOOD = {0, 3, 4, 5, 6}
"""Held, Completed with ERROR, a refusal of what came in between, a status for monitors: the journey goes on."""


def is_a_shape_of_its_own(path: Path, root: Path) -> str | None:
    """What is wrong with a file: others may open it, or it is a link. None for one that is well, or gone again."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if stat.S_ISLNK(found.st_mode):
        return f"{path.relative_to(root)} is a link"
    if found.st_mode & 0o077:
        return f"{path.relative_to(root)} is {stat.S_IMODE(found.st_mode):o}"
    return None


class Watch:
    """Looks at everything below a folder again and again while commands run, for what is there a moment only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seen: set[Path] = set()
        self.wrong: set[str] = set()
        self._end = threading.Event()

    def look(self) -> None:
        """Look once."""
        for folder, _, files in os.walk(self.root):
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                if path != self.root:
                    self.seen.add(path)
                    if found := is_a_shape_of_its_own(path, self.root):
                        self.wrong.add(found)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Look for as long as the block runs."""
        thread = threading.Thread(target=self._go_on)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()
            self.look()

    def _go_on(self) -> None:
        while not self._end.wait(0.002):
            self.look()


# Nobody may be unable to read this Python, under root's home, say; being able to read more changes no mode of a file.
AS_NOBODY = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
)  # fmt: skip


def can_become_nobody() -> bool:
    """Whether this user can become that one."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return False
    return not subprocess.run(
        [*AS_NOBODY, sys.executable, "-c", ""], check=False, capture_output=True
    ).returncode


def command(
    root: Path, user: tuple[str, ...], *words: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command with umask 000, as a user, on a machine whose places are below `root`."""
    return subprocess.run(
        [*user, sys.executable, "-m", "aeries_tui", *(word.replace("OUT", str(root / "out")) for word in words)],
        umask=0, cwd=root, input=typed, capture_output=True, text=True, check=False, env=environment(root),
    )  # fmt: skip


def environment(root: Path) -> dict[str, str]:
    """All that a program is given there."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(root / "home"), "TMPDIR": str(root / "out"),
        "AERIES_TUI_CONFIG_DIR": str(root / "config" / "deep"), "AERIES_TUI_DATA_DIR": str(root / "data"),
        "PYTHONDONTWRITEBYTECODE": "1", "TERM": "xterm-256color", "LANG": "C.UTF-8",
    }  # fmt: skip


def look_at_screens(root: Path, user: tuple[str, ...]) -> None:
    """Start the terminal UI there with umask 000, go to another screen, and leave."""
    before = os.umask(0)
    try:
        app = PtyApp([*user, sys.executable, "-m", "aeries_tui"], env=environment(root))
    finally:
        os.umask(before)
    with app:
        app.read_until(lambda text: "demo" in text, 30)
        app.send("4")
        app.read_quiet()
        app.send("q")
        assert app.wait(30) == 0


@pytest.fixture(scope="module")
def served() -> Iterator[ServedDistrict]:
    with ServedDistrict.in_this_process(60, 2) as district:
        yield district


@pytest.mark.parametrize(
    "user", [(), AS_NOBODY] if LONG else [()], ids=lambda user: "nobody" if user else "this user"
)
def test_nothing_that_a_journey_makes_is_open_to_others_at_any_moment(
    served: ServedDistrict, user: tuple[str, ...]
) -> None:
    if user and not can_become_nobody():
        pytest.skip("only root can become somebody else, and needs setpriv for it")
    with tempfile.TemporaryDirectory(prefix="aeries-tui-modes-") as name:
        root = Path(name)
        (root / "out").mkdir(mode=0o700)
        for folder in (root, root / "out"):
            os.chown(folder, NOBODY if user else -1, -1)
        watch = Watch(root)
        with watch.looking():
            added = ("credentials", "add", "demo", "--url", served.url, "--certificate-stdin")
            said = command(root, user, *added, typed=served.certificate)
            assert said.returncode == 0, said.stderr
            for words in (one for one in JOURNEY if not user or one[0] in AS_ANYBODY):
                said = command(root, user, *words)
                assert said.returncode in GOOD, (words, said.returncode, said.stdout, said.stderr)
                if words[0] == "doctor":
                    look_at_screens(root, user)
            said = command(root, user, "demo", "--headless", "--students", "20")
            assert said.returncode in GOOD, said.stderr
            owners = {path.lstat().st_uid for path in root.rglob("*")}
    assert owners == {NOBODY if user else os.geteuid()}
    names = {path.name for path in watch.seen}
    assert {"credentials.toml", "master.sqlite3", "student.csv", "pages.sqlite3"} <= names
    assert user or "descriptions.csv" in names
    assert any(name.startswith("aeries-tui-demo-") for name in names)
    assert watch.wrong == set()


def test_what_is_open_or_a_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "open").touch()
    (tmp_path / "open").chmod(0o640)
    (tmp_path / "own").touch()
    (tmp_path / "own").chmod(0o600)
    (tmp_path / "link").symlink_to("own")
    watch = Watch(tmp_path)
    watch.look()
    assert watch.wrong == {"open is 640", "link is a link"}
