"""The manual page, which is made of the same options as the help."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import INCONCLUSIVE, OK

CLI_DOCUMENT = Path(__file__).resolve().parents[2] / "docs/cli.md"


@pytest.fixture
def page(gilscale):
    """Its source."""
    done = gilscale("man")
    assert (done.returncode, done.stderr) == (OK, "")
    return done.stdout


def mandoc(source, *arguments):
    return subprocess.run(["mandoc", *arguments], input=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False)


@pytest.fixture
def read(page):
    """As it is read, without the markup, in one line."""
    text = re.sub(r".\x08", "", mandoc(page, "-T", "ascii", "-O", "width=80").stdout)
    return re.sub(r"\s+", " ", text)


def test_mandoc_finds_no_fault_with_it(page):
    done = mandoc(page, "-T", "lint")
    assert (done.returncode, done.stdout) == (OK, "")


def test_it_has_the_sections_that_readers_look_for(page):
    assert re.findall(r"(?m)^\.SH (.+)$", page) == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"]


def test_it_has_every_command_and_every_option_of_the_help(gilscale, read):
    commands = re.findall(r"(?m)^  ([a-z][\w-]*) ", gilscale("--help").stdout.partition("Subcommands:")[2])
    assert len(commands) >= 8
    for command in commands:
        assert f"gilscale {command} " in read
        for option in re.findall(r"(?m)^  (?:-\w,)?(--[\w-]+)", gilscale(command, "--help").stdout):
            assert f" {option}" in read, option


def test_it_has_the_exit_codes_as_the_document_has_them(read):
    rows = re.findall(r"(?m)^\| (\d+) \| (.+) \|$", CLI_DOCUMENT.read_text(encoding="utf-8").partition("## Exit codes")[2])
    assert len(rows) == 7
    for code, meaning in rows:
        assert f" {code} {meaning.replace('`', '')}." in read


def test_its_date_is_that_of_the_source_where_one_is_given(gilscale):
    def date(**env):
        return gilscale("man", **env).stdout.splitlines()[0].split()[3]

    assert date(SOURCE_DATE_EPOCH="86400") == "1970-01-02"
    for useless in ("", "yesterday", "-1", "1e300"):
        assert re.fullmatch(r"2\d{3}-\d\d-\d\d", date(SOURCE_DATE_EPOCH=useless))


@pytest.mark.usefixtures("with_gil")
def test_its_examples_work(gilscale, page):
    examples = [re.sub(r"\\f[BR]", "", line).replace("\\-", "-").replace("\\(aq", "'")
                for line in re.findall(r"(?m)^\.nf\n(.+)\n\.fi$", page)]
    assert len(examples) == 5
    for example in examples:
        done = subprocess.run(example.replace("gilscale", gilscale.executable, 1), shell=True, cwd=gilscale.folder,
                              env=gilscale.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                              check=False)
        # Whether this machine allows an answer is no matter here.
        assert done.returncode in (OK, INCONCLUSIVE), (example, done.stdout)
