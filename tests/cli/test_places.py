"""Workers elsewhere (--launcher): through commands that stay here, through ssh to this machine, and through stand-ins.

scripts/setup.sh installs sshd; tests/slurm.sh tries a real Slurm.
"""

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from conftest import INTERRUPTED, OK, QUICK, USAGE, WORKLOAD_FAILED, wait_until

RELEASE = ("release", "--args", "(1000,)", "-t1,2")
SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")


@pytest.fixture
def script(gilscale):
    """Makes an executable script in the test's folder; gives its path."""
    def write(name, text):
        path = gilscale.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)
    return write


# ---- commands that stay here ----

def test_each_launcher_is_a_place_of_its_own(gilscale):
    document = gilscale.json("run", *RELEASE, *QUICK, "--launcher=here", "--launcher=taskset -c 0")
    places = document["context"]["places"]
    assert [place["launcher"] for place in places] == ["", "taskset -c 0"]
    assert places[1]["usable_cpus"] == 1 and places[1]["cpu_budget"]["cpus"] == 1
    here, bound = document["gilscale"]["cases"]
    assert here["place"] == {"name": places[0]["name"], "launcher": ""} and bound["place"]["name"] == places[1]["name"]
    assert here["name"] == f"release/1000 ({places[0]['name']})" and bound["name"] == f"release/1000 ({places[1]['name']})"
    assert bound["points"][1]["oversubscribed"], "its own budget counts, not that of the front end"
    assert [len(case["points"]) for case in (here, bound)] == [2, 2]


def test_one_place_needs_no_name_in_labels(gilscale):
    case, = gilscale.cases("run", *RELEASE, *QUICK, "--launcher=env")
    assert case["name"] == "release/1000" and case["place"]["launcher"] == "env"


def test_thread_counts_are_those_of_the_place(gilscale):
    case, = gilscale.cases("run", "release", "--args=(100,)", *QUICK, "--launcher=taskset -c 0")
    assert [point["threads"] for point in case["points"]] == [1]


def test_words_are_split_as_a_shell_does(gilscale):
    (gilscale.folder / "mine.py").write_text("import os\n\n\ndef work():\n    assert os.environ['A'] == 'b c'\n")
    case, = gilscale.cases("run", "mine.py:work", "-t1", *QUICK, "--launcher=env 'A=b c'")
    assert case["error"] is None


@pytest.mark.parametrize("given, said", [
    ("", "--launcher '' is empty"),
    ("ssh 'host", "cannot be split into words"),
    ("echo $(date)", "cannot be split into words"),
    ("ssh $NO_SUCH_VARIABLE_HERE", "cannot be split into words"),
])
def test_what_is_no_command_is_refused(gilscale, given, said):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher", given)
    assert done.returncode == USAGE and said in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_the_same_place_twice_is_refused(gilscale):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=env", "--launcher=env")
    assert done.returncode == USAGE and "is given twice" in done.stderr


def test_python_is_looked_for_at_the_place(gilscale, measured_python):
    document = gilscale.json("run", *RELEASE, *QUICK, "--launcher=here", "--launcher=env PATH=/nonexistent", "--launcher=env A=1",
                             "--python", measured_python, code=WORKLOAD_FAILED)
    good, lost, fine = document["gilscale"]["cases"]
    assert good["python"] and fine["python"] and lost["error"]["kind"] == "unreachable"
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=env", "--python=3.98")
    assert done.returncode == WORKLOAD_FAILED and "there is no Python '3.98' on PATH" in done.stderr


def test_a_pool_of_places_is_compared_with_nobody(gilscale):
    document = gilscale.json("run", "release", "hold", "--args=(500,)", "-t1,2", *QUICK, "--launcher=here", "--launcher=env")
    comparisons = document["gilscale"]["comparisons"]
    assert comparisons["executors"] == []
    assert len(comparisons["single_thread"]) == 4
    names = [place["name"] for place in document["context"]["places"]]
    for name in names:
        assert 1 in [cost["relative"]["estimate"] for cost in comparisons["single_thread"] if name in cost["label"]]


# ---- places that fail ----

def test_a_place_that_is_not_there_costs_its_own_case_only(gilscale, script, tmp_path):
    script("no-answer", "echo welcome; echo 'out of order' >&2; exit 7\n")
    other = script("other", 'echo \'{"gilscale_place": 99}\'\n')
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=here", f"--launcher={gilscale.folder}/no-answer",
                    "--launcher=no-such-command-anywhere", f"--launcher={other}", f"--json={tmp_path}/out.json",
                    f"--junit={tmp_path}/out.xml", f"--markdown={tmp_path}/out.md", f"--csv={tmp_path}/out.csv")
    assert done.returncode == WORKLOAD_FAILED
    lines = done.stderr.splitlines()
    assert len(lines) == 3, lines
    assert "ended with exit code 7: out of order" in lines[0]
    assert "exit code 127" in lines[1] and "is gilscale on the PATH there?" in lines[1]
    assert "speaks another protocol (99, here it is 1)" in lines[2]
    good, *bad = json.loads((tmp_path / "out.json").read_text())["gilscale"]["cases"]
    assert good["verdict"] != "failed" and len(good["points"]) == 2
    assert [case["error"]["kind"] for case in bad] == ["unreachable"] * 3
    assert "out of order" in (tmp_path / "out.csv").read_text()


def test_nothing_is_measured_where_no_place_is_there(gilscale):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=false", "--launcher=no-such-command-anywhere")
    assert done.returncode == WORKLOAD_FAILED and "'false': there was no answer" in done.stderr


def test_a_shell_may_print_what_it_likes(gilscale, script):
    case, = gilscale.cases("run", *RELEASE, *QUICK, "--launcher", script("chatty", "echo Last login: today\nexec \"$@\"\n"))
    assert len(case["points"]) == 2


def test_a_crash_there_is_told_as_a_crash_here(gilscale):
    (gilscale.folder / "mine.py").write_text("import os\n\n\ndef crash():\n    os.abort()\n\n\ndef leave():\n    os._exit(3)\n")
    for name, kind, said in (("crash", "signal", "SIGABRT"), ("leave", "exit", "ended with exit code 3")):
        here, = gilscale.cases("run", f"mine.py:{name}", "-t1", *QUICK, code=WORKLOAD_FAILED)
        there, = gilscale.cases("run", f"mine.py:{name}", "-t1", *QUICK, "--launcher=env", code=WORKLOAD_FAILED)
        assert here["error"]["kind"] == there["error"]["kind"] == kind
        assert said in there["error"]["message"] and there["error"]["message"] == here["error"]["message"]
        assert ("mine.py" in there["error"]["details"]) == (kind == "signal"), "the traceback comes along"


def test_silence_there_is_given_up(gilscale):
    (gilscale.folder / "mine.py").write_text("import time\n\n\ndef work():\n    time.sleep(3600)\n")
    case, = gilscale.cases("run", "mine.py:work", "-t1", "--calls=1", "--launcher=env", "--timeout=2", code=WORKLOAD_FAILED)
    assert case["error"]["kind"] == "timeout"
    assert "mine.py" in case["error"]["details"], "where every thread is"


def test_wrong_arguments_for_one_place_are_that_places_fault(gilscale):
    done = gilscale("run", "release", "--args=('x',)", "-t1", *QUICK, "--launcher=env")
    assert done.returncode == WORKLOAD_FAILED and done.stderr


def test_an_expectation_about_a_place_that_is_down_is_not_checked(gilscale):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=here", "--launcher=false", "--expect", "* (false)@64 speedup >= 1",
                    "--expect", "release (false)[3.99] speedup >= 1")
    assert done.returncode == WORKLOAD_FAILED
    assert done.stderr.count("expectation not checked") == 2, done.stderr


def test_another_gilscale_cannot_be_taken_elsewhere(gilscale):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=env", "--against", gilscale.executable)
    assert done.returncode == USAGE and "which --launcher cannot start elsewhere" in done.stderr


def test_a_folder_that_is_named_must_be_there(gilscale, script):
    """Else another module of that name would be measured, or the same one twice."""
    (gilscale.folder / "own").mkdir()
    (gilscale.folder / "own" / "json_too.py").write_text("def work():\n    pass\n")
    hide = script("hide", 'mv own away; "$@"; code=$?; mv away own; exit $code\n')
    case, = gilscale.cases("run", "json_too:work", "-t1", *QUICK, "--path=own", "--launcher", hide, code=WORKLOAD_FAILED)
    assert f"there is no folder '{gilscale.folder}/own' at this place" in case["error"]["message"]


# ---- files that are sent along ----

def test_a_file_is_sent_where_there_is_none(gilscale, script):
    """The launcher hides it from the gilscale that it starts, as another machine would."""
    (gilscale.folder / "mine.py").write_text("def bench_work():\n    pass\n")
    hide = script("hide", 'mv mine.py away.py; "$@"; code=$?; mv away.py mine.py; exit $code\n')
    temporary = gilscale.folder / "temporary"
    temporary.mkdir()
    for workload in ("mine.py:bench_work", "mine.py"):
        case, = gilscale.cases("run", workload, "-t1", *QUICK, "--launcher", hide, TMPDIR=str(temporary))
        assert case["error"] is None and case["points"]
    assert not list(temporary.glob("gilscale-*")), "it is gone"


def test_a_file_that_is_there_is_the_one_that_is_measured(gilscale, script):
    (gilscale.folder / "mine.py").write_text("def work():\n    raise RuntimeError('the one from here')\n")
    there = script("there", "printf 'def work():\\n    pass\\n' >mine.py\nexec \"$@\"\n")
    case, = gilscale.cases("run", "mine.py:work", "-t1", *QUICK, "--launcher", there)
    assert case["error"] is None


# ---- docker: a stand-in that checks its arguments ----

def test_docker_is_asked_to_run_gilscale_in_the_image(gilscale, script):
    script("docker", '[ "$1 $2 $3 $4 $5" = "run -i --rm image gilscale" ] || { echo "docker: what is $*?" >&2; exit 64; }\n'
                     "shift 4\nexec \"$@\"\n")
    path = f"{gilscale.folder}:{os.environ['PATH']}"
    case, = gilscale.cases("run", *RELEASE, *QUICK, "--launcher=docker run -i --rm image", PATH=path)
    assert len(case["points"]) == 2
    done = gilscale("run", *RELEASE, *QUICK, "--launcher=docker run image", PATH=path)
    assert done.returncode == WORKLOAD_FAILED and "exit code 64: docker: what is run image gilscale worker --describe?" in done.stderr


# ---- ssh ----

@pytest.fixture(scope="module")
def ssh(executable, tmp_path_factory):
    """The words of a launcher: ssh to a server of this user's, which has gilscale on its PATH."""
    if not SSHD or not shutil.which("ssh"):
        pytest.skip("there is no sshd")
    folder = tmp_path_factory.mktemp("sshd")
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it gives its privileges up
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(f"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {folder}/host
        AuthorizedKeysFile {folder}/user.pub
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin prohibit-password
        AcceptEnv GILSCALE_TEST_MARKER
        SetEnv PATH={Path(executable).parent}:/usr/local/bin:/usr/bin:/bin
        """)
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "config"], stdin=subprocess.DEVNULL, stderr=(folder / "log").open("w"))
    words = (f"ssh -p {port} -i {folder}/user -o IdentitiesOnly=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no "
             f"-o LogLevel=ERROR -o SendEnv=GILSCALE_TEST_MARKER -o BatchMode=yes -F none {getpass.getuser()}@127.0.0.1")

    def answers():
        log = (folder / "log").read_text()
        assert server.poll() is None, log
        if "account is locked" in log:
            pytest.skip("this user may not log in")
        return subprocess.run([*words.split(), "true"], stdin=subprocess.DEVNULL, check=False, capture_output=True).returncode == 0

    try:
        wait_until(answers)
        yield words
    finally:
        server.terminate()
        server.wait()


def test_ssh_measures_there_what_is_measured_here(gilscale, ssh):
    here, there = gilscale.cases("run", *RELEASE, "--calls=2", "--benchmark_min_time=12x", "--launcher=here", "--launcher", ssh)
    for case in (here, there):
        assert case["error"] is None and len(case["points"]) == 2
        assert case["points"][1]["rounds"] == 12
    assert set(here["points"][1]["samples"]["block"]) == set(there["points"][1]["samples"]["block"]), "they took turns"
    assert here["python"]["version"] == there["python"]["version"]


def test_expectations_and_other_versions_go_there_too(gilscale, ssh):
    done = gilscale("run", *RELEASE, "--calls=2", "--benchmark_min_time=40x", "--launcher", ssh, "--expect", "release@2 call_s >= 0.001")  # it sleeps for that long
    assert done.returncode == OK, done.stdout + done.stderr
    for name, seconds in (("old", 0.02), ("new", 0.001)):
        (gilscale.folder / name).mkdir()
        (gilscale.folder / name / "ver.py").write_text(f"import time\n\n\ndef work():\n    time.sleep({seconds})\n")
    case = gilscale.json("run", "ver:work", "-t1", "--calls=1", "--benchmark_min_time=24x", "--path", gilscale.folder / "new",
                         "--against", gilscale.folder / "old", "--launcher", ssh)
    assert [point["word"] for point in case["gilscale"]["changes"]["points"]] == ["faster"]


def busy(gilscale):
    """A workload that says when it runs: the file there lists its processes."""
    (gilscale.folder / "mine.py").write_text("""
import os, time

def work():
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(0.3)
""")
    return gilscale.folder / "pids"


def clients(gilscale):
    """The ssh processes that carry its workers."""
    found = []
    for pid in gilscale.left_behind():
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if words[0].endswith(b"ssh") and b"--at-place" in words:
            found.append(pid)
    return found


def test_a_connection_that_is_cut_fails_its_case_and_leaves_nothing(gilscale, ssh):
    pids = busy(gilscale)
    process = gilscale.start("run", "mine.py:work", "-t1", "--calls=1", "--benchmark_min_time=60x", "--launcher", ssh, "--launcher=here",
                             "--json=out.json")
    wait_until(lambda: pids.exists() and len(set(pids.read_text().split())) == 2)
    victim, = wait_until(lambda: clients(gilscale))
    os.kill(victim, signal.SIGKILL)
    said = process.stderr.readline().decode()
    assert said.startswith("gilscale: mine.py:work (") and "the connection ended" in said, said
    process.send_signal(signal.SIGINT)  # it need not measure on to its end
    process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    there, here = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]["cases"]
    assert there["error"]["kind"] == "exit" and "the connection ended" in there["error"]["message"]
    assert here["error"] is None or here["error"]["kind"] == "interrupted"
    wait_until(lambda: not gilscale.left_behind())


def test_a_front_end_that_is_killed_leaves_nothing_there(gilscale, ssh):
    pids = busy(gilscale)
    process = gilscale.start("run", "mine.py:work", "-t1", "--calls=1", "--benchmark_min_time=60x", "--launcher", ssh)
    wait_until(lambda: pids.exists() and pids.read_text())
    process.kill()
    process.wait()
    wait_until(lambda: not gilscale.left_behind())


def test_an_interrupt_ends_the_worker_there(gilscale, ssh):
    pids = busy(gilscale)
    process = gilscale.start("run", "mine.py:work", "-t1", "--calls=1", "--benchmark_min_time=60x", "--launcher", ssh)
    wait_until(lambda: pids.exists() and pids.read_text())
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    wait_until(lambda: not gilscale.left_behind())


def test_workers_there_stand_still_between_their_turns(gilscale, ssh):
    """A thread that spins after a call would take the CPU of the others."""
    (gilscale.folder / "spin.py").write_text("""
import threading, time

def setup():
    def spin():
        while True:
            pass
    threading.Thread(target=spin, daemon=True).start()

def bench_spin():
    time.sleep(0.001)
""")
    (gilscale.folder / "calm.py").write_text("""
import os, time

def spinning():
    found = set()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                ours = MARKER.encode() in file.read().split(bytes(1))
            with open(f"/proc/{name}/cmdline", "rb") as file:
                ours = ours and b"--supervised" in file.read()
            if not ours or int(name) == os.getpid():
                continue
            for thread in os.listdir(f"/proc/{name}/task"):
                with open(f"/proc/{name}/task/{thread}/stat") as file:
                    if file.read().rpartition(")")[2].split()[0] == "R":
                        found.add(thread)
        except OSError:
            continue
    return found

def bench_calm():
    still = spinning()
    for _ in range(20):  # what is told to stop does so when it next has a CPU
        if not still:
            return
        time.sleep(0.05)
        still &= spinning()
    raise RuntimeError(f"{still} are at work")
""".replace("MARKER", repr(gilscale.marker)))
    cases = gilscale.cases("run", "spin.py", "calm.py", "-t1", "--calls=1", "--benchmark_min_time=15x", "--launcher", ssh)
    assert [case["error"] for case in cases] == [None, None]


def test_an_unknown_host_is_told_in_one_line(gilscale, ssh):
    done = gilscale("run", *RELEASE, *QUICK, "--launcher", f"{ssh}.invalid")
    assert done.returncode == WORKLOAD_FAILED and done.stderr.count("\n") == 1
    assert "exit code 255: ssh: Could not resolve hostname" in done.stderr and "\\x0d" not in done.stderr


def test_a_gilscale_there_that_is_killed_leaves_nothing(gilscale):
    """While one of its workers stands still, and the other is at work."""
    pids = busy(gilscale)
    (gilscale.folder / "other.py").write_text((gilscale.folder / "mine.py").read_text())
    process = gilscale.start("run", "mine.py:work", "other.py:work", "-t1", "--calls=1", "--benchmark_min_time=60x", "--launcher=env")
    wait_until(lambda: pids.exists() and len(set(pids.read_text().split())) == 2)
    relays = [pid for pid in gilscale.left_behind() if b"--at-place" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(relays) == 2
    for pid in relays:
        os.kill(pid, signal.SIGKILL)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == WORKLOAD_FAILED
    assert stderr.decode().count("the connection ended") == 2 and "SIGKILL" in stderr.decode(), stderr
    wait_until(lambda: not gilscale.left_behind())
