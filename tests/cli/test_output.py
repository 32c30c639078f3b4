"""What people see: the table, its marks and notes, colour and progress."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading

import pytest
from conftest import OK, QUICK

ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
WIDTH = 110


def table_of(stdout):
    """The lines of the scaling table, its header first."""
    lines = stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("workload "))
    return lines[start:lines.index("", start)]


# ---- the table ----


def test_the_table_has_a_row_for_each_case_and_thread_count(gilscale):
    done = gilscale("run", "fib", "calibration", "--fib=20", "-x", "threads,pool", "-t1,2", "--calls=1",
                    "--benchmark_min_time=1x")
    assert (done.returncode, done.stderr) == (OK, "")
    table = table_of(done.stdout)
    rows = [line for line in table if re.search(r" [12]\*? +\d+(\.\d+)? (ns|µs|ms|s) ", line)]
    assert len(rows) == 13 * 2 * 2
    for words in ("threads", "round", "calls/s", "speedup", "95 % interval", "capacity", "rel. eff.", "verdict"):
        assert words in table[0]
    for executor in ("", r" \(pool\)"):
        for label in ("py_fib/20", "cpp_fib/20", "fib_holder_nogil/20", "hold/1000", "burn_hold_release/1000,4000"):
            assert any(re.match(rf"{label}{executor}( |$)", line) for line in table)


def test_the_table_of_the_default_suite_fits_within_its_width(gilscale):
    done = gilscale("run", "--fib=20", "-t1,2", "--calls=1", "--benchmark_min_time=6x")
    table = table_of(done.stdout)
    assert max(map(len, table)) <= WIDTH, max(table, key=len)


def test_a_table_with_intervals_and_oversubscribed_points_fits_within_its_width(gilscale):
    done = gilscale("run", "fib_holder_nogil", "--fib=20", "-t1,64", "--calls=1", "--benchmark_min_time=9x")
    table = table_of(done.stdout)
    assert re.search(r"\[\d+\.\d\d, \d+\.\d\d\]", "\n".join(table))
    assert max(map(len, table)) <= WIDTH


def test_every_case_has_a_sentence_that_says_why(gilscale):
    done = gilscale("run", "hold", "release", "-t1,2", *QUICK)
    for label in ("hold/1000", "release/1000"):
        assert re.search(rf"(?m)^{label}: [a-z-]+: .*\S", done.stdout)


def test_too_few_samples_for_an_interval_are_explained_in_words(gilscale):
    done = gilscale("run", "hold", "-t1,2", *QUICK)
    assert not re.search(r"\binf\b|\bnan\b", done.stdout), done.stdout


def test_the_suite_is_the_default_and_compares_its_five_functions_on_one_thread(gilscale):
    done = gilscale("run", "--fib=10", "-t1,2", *QUICK)
    assert (done.returncode, done.stderr) == (OK, "")
    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("one thread"))
    factors = {}
    for line in lines[start + 1:start + 6]:
        label, _, _, factor, *_ = line.split()
        factors[label] = float(factor)
    assert set(factors) == {f"{name}/10" for name in
                            ("py_fib", "cpp_fib", "cpp_fib_nogil", "fib_holder_gil", "fib_holder_nogil")}
    assert min(factors.values()) == 1


def test_a_shared_holder_reports_what_building_it_cost_once(gilscale):
    path = gilscale.folder / "results.json"
    done = gilscale("run", "cpp_fib", "fib_holder_gil", "fib_holder_nogil", "--fib=5", "-t1,3", *QUICK,
                    "--json", str(path))
    assert re.findall(r"(?m)^(\S+): set up for 3 threads in \d+(?:\.\d+)? (?:ns|µs|ms|s)$", done.stdout) == [
        "fib_holder_gil/5", "fib_holder_nogil/5"]
    plain, *holders = json.loads(path.read_text())["gilscale"]["cases"]
    assert [point["setup_s"] for point in plain["points"]] == [0, 0]
    assert all(point["setup_s"] > 0 for case in holders for point in case["points"])


# ---- thread counts ----


def test_one_thread_alone_works_and_says_what_would_tell_more(gilscale):
    done = gilscale("run", "hold", "--threads", "1", *QUICK)
    assert (done.returncode, done.stderr) == (OK, "")
    assert re.search(r"hold/1000: inconclusive: .*--threads", done.stdout)


def test_threads_are_measured_in_order_and_each_once(gilscale):
    case, = gilscale.cases("run", "hold", "-t4,1-2,2", *QUICK)
    assert [point["threads"] for point in case["points"]] == [1, 2, 4]


def test_auto_doubles_up_to_the_cpus_that_may_be_used(gilscale):
    document = gilscale.json("run", "hold", *QUICK)
    counts = [point["threads"] for point in document["gilscale"]["cases"][0]["points"]]
    cpus = document["context"]["usable_cpus"]
    assert counts[-1] == cpus
    assert counts[:-1] == [2**i for i in range(len(counts) - 1)] and (cpus == 1 or counts[-2] < cpus <= 2 * counts[-2])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no CPU affinity")
def test_cpus_that_may_be_used_are_those_of_the_affinity(gilscale):
    one = {min(os.sched_getaffinity(0))}
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, one)  # inherited
    try:
        document = gilscale.json("run", "hold", *QUICK)
    finally:
        os.sched_setaffinity(0, all_of_them)
    assert document["context"]["usable_cpus"] == 1
    assert [point["threads"] for point in document["gilscale"]["cases"][0]["points"]] == [1]


def test_oversubscribed_points_are_marked_in_the_table_and_in_the_results(gilscale):
    cpus = gilscale.json("run", "hold", "-t1", *QUICK)["context"]["usable_cpus"]
    path = gilscale.folder / "results.json"
    done = gilscale("run", "hold", "--args=(100,)", f"-t{cpus},{cpus + 1}", *QUICK, "--json", str(path))
    fits, exceeds = table_of(done.stdout)[1:3]
    assert re.match(rf"hold/100 +{cpus} ", fits)
    assert re.match(rf"hold/100 +{cpus + 1}\* ", exceeds)
    assert re.search(r"(?m)^\* more threads than CPUs", done.stdout)
    case, = json.loads(path.read_text())["gilscale"]["cases"]
    assert [point["oversubscribed"] for point in case["points"]] == [False, True]


# ---- terminals ----


def read_all(terminal):
    chunks = []
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says EIO once nobody has the other end
            chunk = b""
        if not chunk:
            return b"".join(chunks).decode()
        chunks.append(chunk)


@pytest.fixture
def on_terminal(gilscale):
    """Runs gilscale with standard output and standard error on a pseudo-terminal each; gives what came there."""

    def run(*args, columns=None, **env):
        ends = [pty.openpty(), pty.openpty()]
        if columns:
            fcntl.ioctl(ends[0][1], termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([gilscale.executable, *args], cwd=gilscale.folder, stdin=subprocess.DEVNULL,
                                   stdout=ends[0][1], stderr=ends[1][1], env=gilscale.environment(TERM="xterm", **env))
        for _, slave in ends:
            os.close(slave)
        texts = [None, None]

        def collect(index):
            texts[index] = read_all(ends[index][0])

        readers = [threading.Thread(target=collect, args=(index,)) for index in (0, 1)]
        for reader in readers:
            reader.start()
        assert process.wait(timeout=60) == OK
        for reader in readers:
            reader.join(10)
        for master, _ in ends:
            os.close(master)
        return texts

    return run


RUN = ("run", "hold", "release", "-t1,2", *QUICK)


def test_piped_output_has_no_escape_codes_and_no_progress(gilscale):
    done = gilscale(*RUN, TERM="xterm-256color", COLORTERM="truecolor", BENCHMARK_COLOR="true")
    assert done.returncode == OK
    assert ESCAPE not in done.stdout and "\r" not in done.stdout
    assert done.stderr == ""


def test_a_terminal_gets_colour_in_the_table_and_progress_on_standard_error(on_terminal):
    stdout, stderr = on_terminal(*RUN)
    table = "\n".join(table_of(stdout.replace("\r\n", "\n")))
    assert COLOUR.search(table)
    assert "> hold/1000 " in stderr and "> release/1000 " in stderr
    assert stderr.endswith(ESCAPE + "[2A" + ESCAPE + "[J")  # wiped at the end
    assert "open:" not in stdout


def test_colour_does_not_move_the_columns(gilscale, on_terminal):
    def widths(text):
        return [line.index("  [too few]") for line in COLOUR.sub("", text).splitlines() if "[too few]" in line and "verdict" not in line][:2]

    stdout, _ = on_terminal(*RUN)
    columns = widths(stdout)
    assert len(columns) == 2 and len(set(columns)) == 1


@pytest.mark.parametrize("columns", [40, 80, 90, 100, 120])
def test_the_table_fits_the_terminal_from_80_columns_on(on_terminal, columns):
    stdout, _ = on_terminal(*RUN, columns=columns, NO_COLOR="1")
    table = table_of(stdout.replace("\r\n", "\n"))
    assert max(map(len, table)) <= max(columns, 80)
    for column in ("workload", "threads", "speedup", "95 % interval", "rel. eff.", "verdict"):
        assert column in table[0]
    assert ("round" in table[0]) == (columns >= 100)


def test_no_color_means_no_colour(on_terminal):
    stdout, stderr = on_terminal(*RUN, NO_COLOR="1")
    assert ESCAPE not in stdout
    assert not COLOUR.search(stderr)


def test_an_empty_no_color_means_nothing(on_terminal):
    """https://no-color.org: "when present and not an empty string"."""
    stdout, _ = on_terminal(*RUN, NO_COLOR="")
    assert COLOUR.search(stdout)


def test_machine_readable_formats_have_no_colour_on_a_terminal_either(on_terminal):
    for name in ("json", "csv"):
        stdout, _ = on_terminal("run", "hold", "-t1", *QUICK, f"--benchmark_format={name}")
        assert ESCAPE not in stdout
