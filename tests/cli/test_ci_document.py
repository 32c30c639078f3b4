"""What docs/ci.md offers to copy works: the shell script is run as it stands. (test_action.py runs the workflow.)"""

import re
import shutil
import subprocess

import pytest
from conftest import FAILED, OK
from test_documents import ROOT, blocks_of

DOCUMENT = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
FILES = {block.notes["file"]: block.text for block in blocks_of(DOCUMENT) if "file" in block.notes}

# Stands for the Python of the script: its `-m venv` makes a pip that copies sources.
FAKE_PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 9
mkdir -p "$3/bin"
cat > "$3/bin/pip" <<'PIP'
#!/bin/sh
[ "$1 $2" = "install --target" ] || exit 9
mkdir -p "$3" && cp "$4"/src/* "$3"
PIP
chmod +x "$3/bin/pip"
"""


@pytest.fixture
def project(gilscale):
    """A repository with the project of the document in it; returns a function that runs a script there."""
    if not shutil.which("git"):
        pytest.skip("there is no git")
    folder = gilscale.folder / "project"
    for name in ("src/codec.py", "bench/bench_codec.py", "gilscale.toml", "scaling.sh"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(FILES[name])
    tools = gilscale.folder / "tools"
    tools.mkdir()
    (tools / "gilscale").symlink_to(gilscale.executable)
    (tools / "python").write_text(FAKE_PYTHON)
    (tools / "python").chmod(0o755)

    def run(*command, **more):
        env = gilscale.environment(PYTHON=str(tools / "python"), GIT_CONFIG_GLOBAL="/dev/null", **more)
        env["PATH"] = f"{tools}:{env['PATH']}"
        return subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=200, check=False)

    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        done = run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", *command)
        assert done.returncode == 0, done
    run.folder = folder
    return run


def test_the_script_passes_where_nothing_changed(project):
    done = project("sh", "scaling.sh", "HEAD")
    assert done.returncode == OK, done
    for name in ("scaling", "change"):
        for suffix in ("md", "xml", "json"):
            assert (project.folder / f"{name}.{suffix}").stat().st_size > 0
    assert (project.folder / "scaling.md").read_text().startswith("**passed**")


def test_the_script_fails_where_a_lock_was_added(project, free_threaded):
    if free_threaded:
        pytest.skip("its threading.Lock yields its CPU while it waits; beside busy processes gilscale takes that for the "
                    "machine's doing, and passes what it should fail")
    (project.folder / "src/codec.py").write_text(
        "import threading, time\nlock = threading.Lock()\n\n\ndef encode(data):\n    with lock:\n        time.sleep(0.002)\n")
    done = project("sh", "scaling.sh", "HEAD")
    assert done.returncode == FAILED, done
    assert re.search(r"relative_efficiency >= 0\.8 \(.*bench_encode@2\): failed", done.stdout), done.stdout
    assert not (project.folder / "change.json").exists()


def test_the_script_fails_where_a_call_became_slower(project):
    (project.folder / "src/codec.py").write_text(FILES["src/codec.py"].replace("0.002", "0.003"))
    done = project("sh", "scaling.sh", "HEAD")
    assert done.returncode == FAILED, done
    assert "slower" in (project.folder / "change.md").read_text()


def test_the_table_of_metrics_is_whole(gilscale):
    """The message about an unknown metric names all."""
    said = gilscale("run", "hold", "--expect", "hold nonsense_without_neighbour > 1").stderr
    metrics = re.search(r"the metrics are (.*?);", said)[1].split(", ")
    table = re.search(r"(?ms)^\| metric \|.*?\n\n", DOCUMENT)[0]
    rows = [row.split(" | ")[0] for row in table.splitlines()[2:]]
    assert sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row)) == sorted(metrics)
