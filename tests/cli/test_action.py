"""action.yml and its scripts, in repositories that are made here; action.py stands for GitHub's runner."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from action import DEFINITION, ROOT, Runner, filled_in
from conftest import FAILED, OK, USAGE, WORKLOAD_FAILED
from test_ci_document import DOCUMENT, FILES
from test_documents import blocks_of

# A function of C through ctypes, which lets the GIL go (CDLL) or keeps it (PyDLL) until the next line: no cores are
# needed to tell.
MODULE = """\
import ctypes
import time

LIBRARY = ctypes.{kind}(None)


def work():
    LIBRARY.usleep(2000)
    time.sleep(0)
"""

# A project's own build backend, for pip without a network: a wheel of all modules beside it.
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["build-tools"]
"""
BACKEND = '''\
import glob, os, zipfile


def build_wheel(folder, settings=None, metadata=None):
    name = "project-1-py3-none-any.whl"
    info = {"METADATA": "Metadata-Version: 2.1\\nName: project\\nVersion: 1\\n", "RECORD": "",
            "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for file in glob.glob("*.py") + glob.glob("src/*.py"):
            wheel.write(file, os.path.basename(file))
        for file in glob.glob("scripts/*"):
            wheel.write(file, f"project-1.data/{file}")
        for file, text in info.items():
            wheel.writestr(f"project-1.dist-info/{file}", text)
    return name
'''
RUN = "mymod:work --threads 1,2 --budget 0.5 --max-budget 20"
EXPECT = "mymod:work@2 gil_demand <= 0.2"


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def project_of(files):
    return {"pyproject.toml": PYPROJECT, "build-tools/backend.py": BACKEND, **files}


@pytest.fixture
def git(gilscale):
    """git(folder, ...) runs git there, and returns what it prints."""
    if not shutil.which("git"):
        pytest.skip("there is no git")
    gilscale.settings.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")

    def run(folder, *words):
        return subprocess.run(["git", "-c", "user.name=Me", "-c", "user.email=me@example.com", *words], cwd=folder, check=True,
                              env=gilscale.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout.strip()

    return run


class Repository:
    """A repository at GitHub, and what actions/checkout makes of it for a pull request from `change` into `main`."""

    def __init__(self, folder, git):
        self.git = git
        self.origin = folder / "origin"
        self.workspace = folder / "workspace"
        self.origin.mkdir()
        git(self.origin, "init", "-q", "-b", "main")

    def commit(self, branch, files):
        if branch != "main":
            self.git(self.origin, "switch", "-q", "-C", branch)
        write(self.origin, files)
        self.git(self.origin, "add", ".")
        self.git(self.origin, "commit", "-q", "-m", f"on {branch}")
        return self.git(self.origin, "rev-parse", "HEAD")

    def check_out_merge(self):
        """As checkout does by default: the merge of both branches, and nothing else. Returns the event's variables."""
        self.git(self.origin, "switch", "-q", "--detach", "main")
        self.git(self.origin, "merge", "-q", "--no-ff", "--no-edit", "change")
        self.git(self.origin, "update-ref", "refs/pull/1/merge", "HEAD")
        return self.check_out("refs/pull/1/merge", GITHUB_EVENT_NAME="pull_request", GITHUB_BASE_REF="main")

    def check_out(self, ref, whole=False, **variables):
        """With one commit, or with all that there is (fetch-depth: 0)."""
        self.workspace.mkdir()
        self.git(self.workspace, "init", "-q")
        self.git(self.workspace, "remote", "add", "origin", f"file://{self.origin}")
        if whole:
            self.git(self.workspace, "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
        self.git(self.workspace, "fetch", "-q", *([] if whole else ["--depth=1"]), "origin", ref)
        self.git(self.workspace, "checkout", "-q", "--detach", "FETCH_HEAD")
        return {"GITHUB_SHA": self.git(self.workspace, "rev-parse", "HEAD"), **variables}


@pytest.fixture
def repository(git, tmp_path):
    return Repository(tmp_path, git)


@pytest.fixture
def runner(gilscale, measured_python, tmp_path):
    """A runner on which gilscale is there already."""
    environment = gilscale.environment(GILSCALE=gilscale.executable, PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    return Runner(tmp_path / "runner", tmp_path / "workspace", measured_python, environment)


@pytest.fixture
def pip(measured_python):
    if subprocess.run([measured_python, "-c", "import ensurepip"], check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this Python cannot make an environment with pip")


def annotations(job, level):
    return [line for line in job.log.splitlines() if line.startswith(f"::{level} ")]


def refused(job, step, code, *said):
    """It failed there, with one annotation that the summary has too, and nothing was measured."""
    error, = annotations(job, "error")
    assert (job.failed_at, job.code) == (step, code), job.log
    assert job.summary.startswith("**error**") and job.outputs["verdict"] == "error"
    for words in said:
        assert words in error and words in job.summary
    assert "Measure" not in job.steps and job.uses.get("actions/upload-artifact") is None
    return True


# ---- from a pull request to its verdict ----


@pytest.mark.usefixtures("with_gil", "pip")
def test_a_pull_request_that_keeps_the_gil_is_red_and_says_where(repository, runner):
    repository.commit("main", project_of({"mymod.py": MODULE.format(kind="CDLL")}))
    repository.commit("change", {"mymod.py": MODULE.format(kind="PyDLL")})
    event = repository.check_out_merge()
    job = runner.use({"run": RUN, "expect": EXPECT, "against": "main", "python-version": "3.12"}, **event)
    assert (job.failed_at, job.code) == ("Measure", FAILED), job.log
    assert job.uses["actions/setup-python"] == {"python-version": "3.12"}

    assert job.summary.startswith("## gilscale\n\n**failed**: 1 of 1 expectation failed")
    assert re.search(r"\*\*mymod:work\*\*: gil-bound: .* the GIL is held, for up to .*, at mymod\.py:[89] \(work\)", job.summary)
    assert "Changes since main (" in job.summary and str(runner.folder) not in job.summary
    assert any("mymod%3Awork@2 gil_demand <= 0.2" in line for line in annotations(job, "error"))

    result = json.loads(Path(job.outputs["result"]).read_text())["gilscale"]
    demands = [max(point["gil_demand"] or 0 for point in version["points"]) for version in (result["against"][0], result["cases"][0])]
    assert demands[0] < 0.5 < demands[1]  # although the folder in which it is measured has the new module too
    assert len(ElementTree.parse(job.outputs["junit"]).getroot().findall(".//failure")) >= 1
    assert (job.outputs["verdict"], job.outputs["exit-code"]) == ("failed", "1")
    kept = job.uses["actions/upload-artifact"]
    assert kept["name"] == "gilscale-scaling-0"
    assert kept["path"].split() == [job.outputs[name] for name in ("result", "junit", "markdown")]


@pytest.mark.usefixtures("with_gil", "pip")
def test_a_pull_request_that_lets_the_gil_go_is_green(repository, runner, gilscale, tmp_path):
    """In a folder of the repository, with a gilscale that pip installs."""
    repository.commit("main", {f"python/{name}": text for name, text in project_of({"mymod.py": MODULE.format(kind="PyDLL")}).items()})
    repository.commit("change", {"python/mymod.py": MODULE.format(kind="CDLL")})
    event = repository.check_out_merge()
    del runner.environment["GILSCALE"]
    write(tmp_path / "packaged", project_of({"scripts/gilscale": f'#!/bin/sh\nexec {gilscale.executable} "$@"\n'}))
    (tmp_path / "packaged/scripts/gilscale").chmod(0o755)
    job = runner.use({"run": RUN, "expect": EXPECT, "against": "main", "working-directory": "python",
                      "gilscale": str(tmp_path / "packaged")}, **event)
    assert job.failed_at == "", job.log
    assert re.match(r"## gilscale\n\n\*\*(passed|inconclusive)\*\*: 1 of 1 expectation passed; of 2 points, none is slower", job.summary)
    assert job.outputs["verdict"] in ("passed", "inconclusive") and job.outputs["exit-code"] == "0"
    assert not annotations(job, "error")
    assert "actions/upload-artifact" in job.uses
    assert "Install gilscale" in job.log


@pytest.mark.usefixtures("pip")
def test_the_documented_workflow_is_short_and_works(repository, runner):
    text = FILES[".github/workflows/scaling.yml"]
    assert len(text.splitlines()) <= 12
    job, = yaml.safe_load(text)["jobs"].values()
    checkout, ours = job["steps"]
    assert checkout == {"uses": "actions/checkout@v6"} and ours["uses"] == "OWNER/gilscale@v0"
    names = ("src/codec.py", "bench/bench_codec.py", "gilscale.toml")
    repository.commit("main", project_of({name: FILES[name] for name in names}))
    repository.commit("change", {"README": "codec is as it was\n"})
    event = repository.check_out_merge()
    inputs = {name: filled_in(value, {"github": {"base_ref": event["GITHUB_BASE_REF"]}}) for name, value in ours["with"].items()}
    done = runner.use(inputs, **event)
    assert done.failed_at == "", done.log
    assert "bench/bench_codec.py:bench_encode@2" in done.log and "Changes since main (" in done.summary
    checks = json.loads(Path(done.outputs["result"]).read_text())["gilscale"]["checks"]
    assert {check["outcome"] for check in checks} == {"passed"}


# ---- with a gilscale that only notes what it is asked ----

NOTING = """\
#!{python}
import json, os, pathlib, sys
words = sys.argv[1:]
folder = pathlib.Path({folder!r})
(folder / "words").write_text(json.dumps(words))
if (folder / "markdown").exists():
    pathlib.Path(words[words.index("--markdown") + 1]).write_text((folder / "markdown").read_text())
print("gilscale was here")
sys.exit(int((folder / "code").read_text()))
"""

# Makes environments without pip, which is quick.
PYTHON = """\
#!/bin/sh
case "$*" in "-m venv "*) shift 2; exec {python} -m venv --without-pip "$@" ;; esac
exec {python} "$@"
"""


class Noted:
    """What the Action did with gilscale."""

    def __init__(self, folder):
        self.folder = folder

    def ends_with(self, code, markdown=None):
        (self.folder / "code").write_text(str(code))
        if markdown is not None:
            (self.folder / "markdown").write_text(markdown)

    @property
    def words(self):
        return json.loads((self.folder / "words").read_text())

    def base(self, git):
        """The commit that was compared with."""
        return git(Path(self.words[self.words.index("--against") + 1]).parent / "tree", "rev-parse", "HEAD")


@pytest.fixture
def noted(runner, tmp_path):
    """runner gets a Python and a gilscale that cost nothing."""
    folder = tmp_path / "noted"
    write(folder, {"gilscale": NOTING.format(python=sys.executable, folder=str(folder)), "python": PYTHON.format(python=sys.executable)})
    for name in ("gilscale", "python"):
        (folder / name).chmod(0o755)
    runner.python = folder / "python"
    runner.environment["GILSCALE"] = str(folder / "gilscale")
    noted = Noted(folder)
    noted.ends_with(0, "**passed**: 1 of 1 expectation passed\n")
    return noted


@pytest.fixture
def workspace(runner):
    runner.workspace.mkdir()
    return runner.workspace


INSTALLED = {"run": "mymod:work", "install": "true"}
HOSTILE = """a 'b' "c" $(touch hacked) `touch hacked` ; touch hacked #\n${{ github.token }} \\ | & * %0A"""


@pytest.mark.usefixtures("workspace")
def test_what_is_measured_is_given_to_gilscale_word_by_word(runner, noted):
    job = runner.use({**INSTALLED, "run": "mymod:work --args \"(b'x', 2)\"\n--setup 'import mymod; print(\"$HOME\")' -t 1,2 *\n",
                      "expect": "\n  mymod:work@2 gil_demand <= 0.1  \n\nmymod:* speedup >= 1.5\n"})
    assert job.failed_at == "", job.log
    words = noted.words
    assert words[words.index("mymod:work"):words.index("--json")] == [
        "mymod:work", "--args", "(b'x', 2)", "--setup", 'import mymod; print("$HOME")', "-t", "1,2", "*",
        "--expect=mymod:work@2 gil_demand <= 0.1", "--expect=mymod:* speedup >= 1.5", "--inconclusive=pass"]
    assert "--against" not in words


@pytest.mark.parametrize("name", sorted(set(DEFINITION["inputs"]) - {"install"}))
def test_no_input_but_the_command_is_run_as_one(runner, noted, repository, name):
    repository.commit("main", {"mymod.py": ""})
    repository.check_out("main")
    noted.ends_with(0)
    runner.use({**INSTALLED, name: HOSTILE})
    assert not [path for path in runner.folder.parent.rglob("hacked") if path.is_file()]


def test_no_command_of_the_action_has_an_input_in_it():
    for step in DEFINITION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_action_asks_for_no_token():
    """A pull request from a fork has one that may do nothing."""
    assert not re.search("token|secrets", (ROOT / "action.yml").read_text())


@pytest.mark.parametrize("given, configured, word", [("", None, "--inconclusive=pass"), ("fail", None, "--inconclusive=fail"),
                                                     ("", 'inconclusive = "fail"\n', None), ("pass", "inconclusive = 4\n", "--inconclusive=pass"),
                                                     ("", '# inconclusive = "fail"\n', "--inconclusive=pass")])
def test_what_no_answer_means_is_said_by_the_input_else_by_the_file(runner, noted, workspace, given, configured, word):
    if configured:
        (workspace / "gilscale.toml").write_text(configured)
    runner.use({**INSTALLED, "inconclusive": given})
    assert [each for each in noted.words if each.startswith("--inconclusive")] == ([word] if word else [])


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("words", [["--inconclusive", "fail"], ["--inconclusive=125"]])
def test_what_no_answer_means_may_be_said_in_run(runner, noted, words):
    runner.use({**INSTALLED, "run": " ".join(["mymod:work", *words])})
    assert noted.words[noted.words.index("mymod:work") + 1:noted.words.index("--json")] == words


def test_a_project_with_a_configuration_file_needs_no_run(runner, noted, workspace):
    (workspace / "gilscale.toml").write_text('workloads = ["mymod:work"]\n')
    assert runner.use({"install": "true"}).failed_at == ""
    assert noted.words[0] == "run"


@pytest.mark.usefixtures("workspace")
def test_the_command_runs_in_the_active_environment(runner, noted):
    job = runner.use({**INSTALLED, "install": 'echo "in $VIRTUAL_ENV"\ncommand -v python\n'})
    environment = noted.words[noted.words.index("--venv") + 1]
    assert f"in {environment}\n{environment}/bin/python\n" in job.log
    assert noted.words[noted.words.index("--path") + 1].startswith(environment)


def test_gilscale_is_installed_once_for_two_uses_in_a_job(runner, noted, workspace):
    made = runner.folder / "temp/gilscale-tools"
    write(made, {"made-for": f"{runner.python} some-gilscale\n", "bin/gilscale": (noted.folder / "gilscale").read_text()})
    (made / "bin/gilscale").chmod(0o755)
    del runner.environment["GILSCALE"]
    job = runner.use({**INSTALLED, "gilscale": "some-gilscale"})
    assert job.failed_at == "" and "Install gilscale" not in job.log


# ---- the version to compare with ----


def test_a_pull_request_is_compared_with_what_it_was_merged_into(runner, noted, repository, git):
    """Not with what the branch has got since: that is not in the merge. The checkout has one commit only."""
    base = repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"mymod.py": "2"})
    event = repository.check_out_merge()
    git(repository.origin, "switch", "-q", "main")
    repository.commit("main", {"mymod.py": "3"})
    job = runner.use({**INSTALLED, "against": "main"}, **event)
    assert job.failed_at == "", job.log
    assert noted.base(git) == base
    assert git(repository.workspace, "rev-parse", "--is-shallow-repository") == "true"


def test_a_pull_request_checked_out_unmerged_is_compared_with_where_it_began(runner, noted, repository, git):
    base = repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"mymod.py": "2"})
    git(repository.origin, "switch", "-q", "main")
    repository.commit("main", {"mymod.py": "3"})
    repository.check_out("change", whole=True)
    runner.use({**INSTALLED, "against": "main"}, GITHUB_EVENT_NAME="pull_request", GITHUB_BASE_REF="main", GITHUB_SHA="0" * 40)
    assert noted.base(git) == base


@pytest.mark.parametrize("against", ["main", "v1.0", "commit"])
def test_what_is_named_is_compared_with_as_it_is(runner, noted, repository, git, against):
    commit = repository.commit("main", {"mymod.py": "1"})
    git(repository.origin, "tag", "-a", "-m", "released", "v1.0")
    repository.commit("change", {"mymod.py": "2"})
    repository.check_out("change")
    job = runner.use({**INSTALLED, "against": commit if against == "commit" else against})
    assert job.failed_at == "", job.log
    assert noted.base(git) == commit


@pytest.mark.parametrize("checked_out", [True, False])
def test_submodules_are_there_in_the_other_version_if_they_are_in_this_one(runner, noted, repository, git, tmp_path, checked_out):
    allow = ("-c", "protocol.file.allow=always")
    (tmp_path / "library").mkdir()
    git(tmp_path / "library", "init", "-q")
    write(tmp_path / "library", {"header.h": ""})
    git(tmp_path / "library", "add", ".")
    git(tmp_path / "library", "commit", "-q", "-m", "library")
    git(repository.origin, *allow, "submodule", "--quiet", "add", f"file://{tmp_path}/library", "library")
    repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"mymod.py": "2"})
    repository.check_out("change")
    if checked_out:
        git(repository.workspace, *allow, "submodule", "--quiet", "update", "--init")
    runner.environment.update(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="protocol.file.allow", GIT_CONFIG_VALUE_0="always")
    job = runner.use({**INSTALLED, "against": "main", "install": "ls library"})
    assert job.failed_at == "" and "--against" in noted.words, job.log
    assert job.log.count("header.h") == (2 if checked_out else 0)


def test_without_access_to_origin_the_checkout_has_to_do(runner, noted, repository, git):
    commit = repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"mymod.py": "2"})
    repository.check_out("change", whole=True)
    repository.origin.rename(repository.origin.with_name("gone"))
    job = runner.use({**INSTALLED, "against": "main"})
    assert job.failed_at == "", job.log
    assert noted.base(git) == commit


def test_the_commit_that_is_measured_is_not_compared_with_itself(runner, noted, repository):
    repository.commit("main", {"mymod.py": "1"})
    repository.check_out("main")
    job = runner.use({**INSTALLED, "against": "main"})
    assert job.failed_at == "" and "--against" not in noted.words
    notice, = annotations(job, "notice")
    assert "is the commit that is measured" in notice


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("against", ["no-such-branch", "-f", "main:main", "HEAD~1", "a b", "0" * 40])
def test_what_is_not_a_version_is_refused_before_anything_is_built(runner, repository, against):
    repository.commit("main", {"mymod.py": "1"})
    repository.check_out("main")
    job = runner.use({**INSTALLED, "against": against})
    assert refused(job, "Check out the version to compare with", USAGE, f"'against' is '{against}', which is not a branch, a tag or a commit")
    assert "Install gilscale" not in job.steps


@pytest.mark.usefixtures("noted", "git", "workspace")
def test_comparing_without_a_repository_is_refused(runner):
    runner.environment["GIT_CEILING_DIRECTORIES"] = str(runner.workspace.parent)
    assert refused(runner.use({**INSTALLED, "against": "main"}), "Check out the version to compare with", WORKLOAD_FAILED,
                   "no repository of git", "actions/checkout")


@pytest.mark.usefixtures("noted")
def test_a_folder_that_the_other_version_lacks_is_refused(runner, repository):
    repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"python/mymod.py": "1"})
    repository.check_out("change")
    job = runner.use({**INSTALLED, "against": "main", "working-directory": "python"})
    assert refused(job, "Check out the version to compare with", USAGE, "has no folder 'python/'")


# ---- what cannot be measured ----


@pytest.mark.usefixtures("noted", "workspace")
@pytest.mark.parametrize("inputs, said", [
    ({"python-version": "banana"}, "'python-version' is 'banana', which is not one version of CPython"),
    ({"python-version": "pypy3.10"}, "'pypy3.10', which is not one version of CPython"),
    ({"python-version": "3.12\n3.13"}, "which is not one version of CPython; write one, such as '3.12' or '3.14t', and use a matrix"),
    ({"python-version": ""}, "'python-version' is ''"),
    ({"python-version": "3.1"}, "'3.1', but gilscale needs Python 3.9 or newer; in YAML, quote"),
    ({"run": " \n"}, "'run' is empty, and . has no gilscale.toml; say what to measure"),
    ({"working-directory": "nowhere"}, "'working-directory' is 'nowhere', which is not a folder of the workspace"),
    ({"working-directory": "a\nb"}, "which is not a folder of the workspace"),
    ({"inconclusive": "maybe"}, "'inconclusive' is 'maybe'; write pass or fail"),
    ({"install": ""}, "'install' is empty; leave it out"),
])
def test_inputs_that_make_no_sense_are_refused_first(runner, inputs, said):
    job = runner.use({**INSTALLED, **inputs})
    assert job.steps == ["Check the inputs"]
    error, = annotations(job, "error")
    assert job.code == USAGE and said in error.replace("%0A", "\n") and said in job.summary


@pytest.mark.usefixtures("noted", "workspace")
@pytest.mark.parametrize("version", ["3", "3.x", "3.9", "3.10", "3.12.4", "3.14t", "3.15-dev", "3.15.0-alpha.2", "3.14t-dev"])
def test_versions_of_python_are_taken(runner, version):
    assert runner.use({**INSTALLED, "python-version": version}).failed_at == ""


@pytest.mark.usefixtures("noted", "workspace")
def test_another_system_is_refused(runner):
    assert refused(runner.use(INSTALLED, RUNNER_OS="Windows"), "Check the inputs", USAGE, "this runner has Windows; use runs-on: ubuntu")


@pytest.mark.usefixtures("noted", "workspace")
def test_an_open_quote_is_refused(runner):
    assert refused(runner.use({**INSTALLED, "run": "mymod:work --args '(1,)"}), "Read what to measure", USAGE, "No closing quotation")


@pytest.mark.usefixtures("noted", "workspace")
def test_a_gilscale_that_is_not_there_is_refused(runner):
    runner.environment["GILSCALE"] = "/nowhere/gilscale"
    assert refused(runner.use(INSTALLED), "Install gilscale", USAGE, "GILSCALE is '/nowhere/gilscale', which is not an executable file")


@pytest.mark.usefixtures("noted", "workspace")
def test_a_command_that_fails_is_shown_with_what_it_printed(runner):
    job = runner.use({**INSTALLED, "install": "echo 'no compiler here' >&2\nfalse\ntouch not-reached\n"})
    assert refused(job, "Install the project", WORKLOAD_FAILED, "the command of the input 'install' failed for the project")
    assert "no compiler here" in job.log and not (runner.workspace / "not-reached").exists()


@pytest.mark.usefixtures("noted")
def test_a_command_that_fails_for_the_other_version_says_which(runner, repository):
    repository.commit("main", {"mymod.py": "1"})
    repository.commit("change", {"there.py": "1"})
    repository.check_out("change")
    job = runner.use({**INSTALLED, "against": "main", "install": "cat there.py"})
    assert refused(job, "Install the version to compare with", WORKLOAD_FAILED, "failed for main (")


@pytest.mark.usefixtures("workspace")
def test_a_run_without_results_says_so(runner, noted):
    (noted.folder / "markdown").unlink()
    noted.ends_with(USAGE)
    job = runner.use(INSTALLED)
    assert (job.failed_at, job.code) == ("Measure", USAGE)
    assert (job.outputs["verdict"], job.outputs["exit-code"], job.outputs["result"]) == ("error", "2", "")
    error, = annotations(job, "error")
    assert "ended with exit code 2 and without results" in error and "gilscale was here" in job.log
    assert "actions/upload-artifact" not in job.uses


# ---- the outcome in a word ----

CHECKS = {"passed": [{"outcome": "passed"}], "failed": [{"outcome": "passed"}, {"outcome": "failed"}, {"outcome": "inconclusive"}],
          "inconclusive": [{"outcome": "passed"}, {"outcome": "inconclusive"}]}


@pytest.mark.parametrize("checks, points, code, word", [
    ([], None, 0, "passed"), (CHECKS["passed"], ["same", "faster"], 0, "passed"), (CHECKS["failed"], None, 1, "failed"),
    (CHECKS["passed"], ["slower", "unclear"], 1, "failed"), (CHECKS["inconclusive"], None, 0, "inconclusive"),
    (CHECKS["inconclusive"], None, 1, "inconclusive"), (CHECKS["passed"], ["unclear"], 125, "inconclusive"), (CHECKS["passed"], None, 3, "error"),
    (CHECKS["passed"], None, 137, "error"), (None, None, 2, "error")])
def test_the_verdict_follows_from_the_result_file(tmp_path, checks, points, code, word):
    path = tmp_path / "result.json"
    if checks is not None:
        changes = points and {"points": [{"word": each} for each in points]}
        path.write_text(json.dumps({"gilscale": {"checks": checks, "changes": changes}}))
    done = subprocess.run([sys.executable, ROOT / "scripts/action/verdict.py", path, str(code)], check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout == word + "\n"


# ---- action.yml and the documents ----


def conforms(path, schema):
    pytest.importorskip("check_jsonschema")
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == OK, done.stdout
    return True


def test_the_action_is_as_githubs_schema_has_it():
    assert conforms(ROOT / "action.yml", "vendor.github-actions")


def workflows():
    found = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / ".github/workflows").glob("*.y*ml")}
    for document in ("README.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))):
        for block in blocks_of((ROOT / document).read_text(encoding="utf-8")):
            if block.language == "yaml" and re.search("(?m)^jobs:", block.text):
                found[f"{document}, line {block.line}"] = block.text
    return found


@pytest.mark.parametrize("name", workflows())
def test_every_workflow_is_as_githubs_schema_has_it(name, tmp_path):
    (tmp_path / "workflow.yml").write_text(workflows()[name])
    assert conforms(tmp_path / "workflow.yml", "vendor.github-workflows")


def test_every_script_of_the_action_is_used():
    commands = " ".join(step.get("run", "") for step in DEFINITION["runs"]["steps"])
    scripts = {path.name for path in (ROOT / "scripts/action").glob("*") if os.access(path, os.X_OK) and path.is_file()}
    assert scripts == set(re.findall(r"scripts/action/([\w.]+)", commands))


def rows(heading):
    """The names in the first column of that table of docs/ci.md."""
    table = re.search(rf"(?ms)^\| {heading} \|.*?\n\n", DOCUMENT)[0]
    return [name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def test_every_input_and_output_is_documented():
    assert rows("input") == list(DEFINITION["inputs"])
    assert rows("output") == list(DEFINITION["outputs"])
