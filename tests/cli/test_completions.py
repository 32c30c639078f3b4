"""Completions in the shells that they are for: each test asks bash, zsh and fish themselves."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from conftest import OK, USAGE

SHELLS = ("bash", "zsh", "fish")


def run_shell(*command, cwd):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "TERM": "dumb"})
    assert (done.returncode, done.stderr) == (OK, ""), done
    return done.stdout.splitlines()


def words_of(line):
    """The words as bash hands them over: split at = too, the last one as it stands, open quote and all."""
    quoted = re.fullmatch(r"(.* )([\"'].*)", line)
    begin, last = (quoted[1], [quoted[2]]) if quoted else (line, [""] if line.endswith(" ") else [])
    return [part for word in shlex.split(begin) for part in re.findall(r"=|[^=]+", word)] + last


def offered_by_bash(script, line, cwd):
    words = words_of(line)
    code = (f"source {shlex.quote(str(script))}; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; "
            "_gilscale; printf '%s\\n' \"${COMPREPLY[@]}\"")
    return run_shell("bash", "--norc", "-c", code, cwd=cwd)


def offered_by_zsh(script, line, cwd):
    (cwd / ".zsh").mkdir(exist_ok=True)
    (cwd / ".zsh/_gilscale").write_text(script.read_text())
    capture = Path(__file__).with_name("complete_in_zsh.zsh")
    lines = run_shell("zsh", "-f", str(capture), str(cwd / ".zsh"), line, cwd=cwd)
    return lines[lines.index("<offered>") + 1:lines.index("<end>")]


def offered_by_fish(script, line, cwd):
    lines = run_shell("fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}", cwd=cwd)
    return [line.split("\t")[0] for line in lines]


OFFERED_BY = {"bash": offered_by_bash, "zsh": offered_by_zsh, "fish": offered_by_fish}


@pytest.fixture(params=SHELLS)
def offered(request, gilscale):
    """offered(line): what the shell offers for its last word, without the part of the word before it."""
    shell = request.param
    done = gilscale("completions", shell)
    assert (done.returncode, done.stderr) == (OK, "")
    script = gilscale.folder / f".completions.{shell}"
    script.write_text(done.stdout)

    def ask(line):
        found = OFFERED_BY[shell](script, line, gilscale.folder)
        # Some shells repeat what stands before it in the word; zsh quotes spaces.
        return sorted({re.sub(r"^.*[=,](?=.)|/$", "", each).replace("\\ ", " ") for each in found} - {""})

    ask.shell = shell
    return ask


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_finds_no_fault_with_the_script(gilscale, shell):
    (gilscale.folder / "script").write_text(gilscale("completions", shell).stdout)
    assert run_shell(shell, "-n", "script", cwd=gilscale.folder) == []


@pytest.mark.parametrize("arguments, words", [(["completions"], ["|".join(SHELLS)]), (["completions", "tcsh"], ["tcsh", *SHELLS]),
                                              (["man", "run"], ["run"])])
def test_what_nothing_can_be_printed_for_is_refused(gilscale, arguments, words):
    done = gilscale(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (USAGE, "", 1)
    assert all(word in done.stderr for word in [*words, f"gilscale {arguments[0]} --help"])


def test_every_command_is_offered(gilscale, offered):
    listed = re.findall(r"(?m)^  ([a-z][\w-]*) ", gilscale("--help").stdout.partition("Subcommands:")[2])
    assert len(listed) >= 8 and "worker" not in listed
    assert set(listed) <= set(offered("gilscale "))
    assert offered("gilscale com") == ["compare", "completions"]


@pytest.mark.parametrize("command", ["run", "compare", "report", "list", "add-python", "doctor", "selftest", "completions", "man"])
def test_every_option_of_a_command_is_offered(gilscale, offered, command):
    listed = re.findall(r"(?m)^  (?:-\w,)?(--[\w-]+)", gilscale(command, "--help").stdout)
    assert "--help" in listed
    assert set(listed) <= {each.rstrip("=") for each in offered(f"gilscale {command} --")}


def executors(gilscale):
    rows = gilscale("list").stdout.partition("executors (--executor)\n")[2].partition("\n\n")[0]
    return sorted(["all", *re.findall(r"(?m)^  (\S+)", rows)])


def test_an_option_with_a_fixed_set_of_values_offers_them(gilscale, offered):
    assert offered("gilscale run --gil ") == ["both", "default", "off", "on"]
    assert offered("gilscale run --scaling=w") == ["weak"]
    assert offered("gilscale run --benchmark_format c") == ["console", "csv"]
    assert offered("gilscale report --chart st") == ["stack"]
    assert offered("gilscale compare --inconclusive ") == ["fail", "pass"]
    assert offered("gilscale completions ") == sorted(SHELLS)
    assert offered("gilscale run --executor ") == offered("gilscale run -x ") == executors(gilscale)


def test_in_a_list_the_next_value_is_offered(offered):
    assert offered("gilscale run --executor threads,po") == ["pool"]
    assert offered("gilscale run --executor=threads,po") == ["pool"]
    assert offered("gilscale compare --allow-different python,ma") == ["machine"]


def test_built_in_workloads_and_files_are_offered_as_workloads(offered, gilscale):
    for name in ("mine.py", "data.json"):
        (gilscale.folder / name).touch()
    assert offered("gilscale run cpp_fib_") == ["cpp_fib_nogil"]
    assert offered("gilscale run hold cal") == ["calibration"]
    assert offered("gilscale run mi") == ["mine.py"]


def test_an_expectation_is_a_workload_and_then_a_metric(offered):
    assert offered("gilscale run --expect locke") == ["locked"]
    found = offered('gilscale run --expect "release@2 relative_e')
    # zsh completes the word within the quotes, the others the whole of them.
    assert [each.removeprefix("release@2 ") for each in found] == ["relative_efficiency"]
    assert offered('gilscale run --expect "release@2 speedup ') == []


def test_files_are_offered_where_an_option_takes_one_and_folders_where_it_takes_these(offered, gilscale):
    (gilscale.folder / "deep").mkdir()
    for name in ("data.json", "denial.txt", "two words.txt"):
        (gilscale.folder / name).touch()
    assert offered("gilscale run --json de") == ["deep", "denial.txt"]
    assert offered("gilscale run --path de") == ["deep"]
    assert offered("gilscale report da") == offered("gilscale compare data.json da") == ["data.json"]
    assert offered("gilscale run --baseline tw") == ["two words.txt"]


def test_nothing_is_offered_where_anything_may_stand(offered, gilscale):
    (gilscale.folder / "file").touch()
    assert offered("gilscale run --args ") == offered("gilscale run --budget ") == offered("gilscale run -n ") == []
