"""What the tests of the command line share. They run the executable that the environment variable GILSCALE names.

Nothing here may depend on how fast the machine is or how many cores it has: figures come only from workloads that
sleep, what noise can spoil is decided as evidence.py says, and every wait for something to happen has a generous limit
that only a failure reaches.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import textwrap
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

# The least that measures: two samples of one call. For tests in which figures do not matter.
QUICK = ("--calls", "1", "--benchmark_min_time=2x")
# A case is finished before the next one starts.
ONE_SAMPLE = ("--calls", "1", "--benchmark_min_time=1x")

# What would change what gilscale prints, besides the variables of Python and of Google Benchmark.
UNSET = ("GITHUB_ACTIONS", "NO_COLOR", "VIRTUAL_ENV")

OK, FAILED, USAGE, WORKLOAD_FAILED, INCONCLUSIVE, NOT_WRITTEN, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def pytest_xdist_auto_num_workers(config):
    """Most tests wait for what sleeps. Those that decide by figures bear a neighbour, but a crowd makes them slow."""
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2


def wait_until(condition, seconds=60):
    """The first true value of condition(); fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s in vain")
        time.sleep(0.02)
    return value


@dataclass
class Finished:
    """One finished run."""

    stdout: str
    stderr: str  # without the warnings
    returncode: int
    warnings: list  # what is said of the machine and of Python; the machine of the test is no matter here


class Gilscale:
    """Runs gilscale in the test's folder: call it with arguments, or start() it and go on.

    Every process that comes of it, workers too, carries a marker in its environment, by which left_behind() finds it.
    """

    def __init__(self, executable, folder):
        self.executable = executable
        self.folder = folder
        self.marker = f"GILSCALE_TEST_MARKER={uuid.uuid4()}"
        self.settings = {}  # environment variables for all that it starts
        self._started = []

    def environment(self, **changes):
        """The environment without what would change gilscale's behaviour; a change to None unsets."""
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("BENCHMARK_", "GILSCALE", "PYTHON")) and name not in UNSET}
        env.update([self.marker.split("=")])
        env.update(self.settings)
        env.update(changes)
        return {name: value for name, value in env.items() if value is not None}

    def __call__(self, *args, timeout=60, preexec_fn=None, **env):
        done = subprocess.run([self.executable, *args], cwd=self.folder, env=self.environment(**env), timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              preexec_fn=preexec_fn, check=False)
        lines = done.stderr.decode(errors="replace").splitlines(keepends=True)
        warnings = [line for line in lines if line.startswith("gilscale: warning: ")]
        stderr = "".join(line for line in lines if line not in warnings)
        return Finished(done.stdout.decode(), stderr, done.returncode, warnings)

    def json(self, *args, code=OK, **more):
        """The document that --json writes in a run which ends with the given exit code."""
        path = self.folder / f"{uuid.uuid4()}.json"
        done = self(*args, "--json", str(path), **more)
        assert done.returncode == code, done
        return json.loads(path.read_text())

    def cases(self, *args, **more):
        return self.json(*args, **more)["gilscale"]["cases"]

    def start(self, *args, **env):
        """A running front end; stdout and stderr are pipes."""
        process = subprocess.Popen([self.executable, *args], cwd=self.folder, env=self.environment(**env),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._started.append(process)
        return process

    def left_behind(self):
        """Process ids of front ends and workers that still run. (The environment of a zombie is empty.)"""
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                if self.marker.encode() in environ.read_bytes().split(b"\0"):
                    found.append(int(environ.parent.name))
            except OSError:
                continue  # it has ended meanwhile, or is another user's
        return found

    def stop(self):
        for process in self._started:
            process.kill()
            process.communicate()
        for pid in self.left_behind():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def executable():
    path = os.environ.get("GILSCALE")
    assert path, "set GILSCALE to the path of the gilscale executable under test"
    return str(Path(path).resolve())


@pytest.fixture
def no_sanitizer(executable):
    """For tests of memory: a sanitizer takes its own."""
    code = Path(executable).read_bytes()
    if b"__asan_init" in code or b"__tsan_init" in code:
        pytest.skip("built with a sanitizer, which needs memory of its own")


@pytest.fixture(scope="session")
def builtin_workloads(executable):
    """The folder of gilscale_fib and gilscale_calibration, for user workloads that call these."""
    return Path(executable).parent.parent / "share/gilscale/workloads"


@pytest.fixture(scope="session")
def default_plugin(executable):
    """What is said of the plug-in of the Python that is measured where none is named."""
    described = map(json.loads, map(Path.read_text, (Path(executable).parents[1] / "lib/gilscale").glob("*.json")))
    return next(facts for facts in described if facts["default"])


@pytest.fixture(scope="session")
def measured_python(default_plugin):
    """The path of the Python that is measured; the tests run in another one as a rule."""
    return default_plugin["executable"]


@pytest.fixture
def gilscale(executable, tmp_path):
    runner = Gilscale(executable, tmp_path)
    yield runner
    try:
        # Whatever a test does: a finished front end leaves nothing behind.
        running = {process.pid for process in runner._started if process.poll() is None}
        if not running and Path("/proc/self/environ").exists():
            wait_until(lambda: not runner.left_behind())
    finally:
        runner.stop()


@pytest.fixture(scope="session")
def free_threaded(default_plugin):
    """Whether the Python that is measured can run without a GIL, and does so unless told otherwise."""
    return default_plugin["build"] == "free-threaded"


@pytest.fixture
def with_gil(gilscale, free_threaded):
    """For tests of what becomes of workloads that hold the GIL: a free-threaded build switches it on."""
    if free_threaded:
        gilscale.settings["PYTHON_GIL"] = "1"


@pytest.fixture
def workload(tmp_path):
    """workload("mine.py", source) writes a workload file into the folder in which gilscale runs."""

    def write(name, source):
        (tmp_path / name).write_text(textwrap.dedent(source))

    return write


@pytest.fixture
def good(workload):
    """The name of a user's workload that works."""
    workload("good.py", "import time\ndef work():\n    time.sleep(0.001)\n")
    return "good.py:work"
