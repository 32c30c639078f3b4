"""action.yml, carried out as GitHub's runner would, as far as this Action needs it.

Steps with `run` are run by bash. Other Actions are only noted, with what they were given: setup-python answers with the
Python that it is told of.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFINITION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


@dataclass
class Job:
    """What came of a use of the Action."""

    log: str = ""
    summary: str = ""
    failed_at: str = ""  # the name of the first step that failed
    code: int = 0  # its exit code
    steps: list = field(default_factory=list)  # names of those that were not skipped
    uses: dict = field(default_factory=dict)  # {Action: its inputs}
    outputs: dict = field(default_factory=dict)


def looked_up(expression, contexts):
    """`steps.measure.outputs.result` and the like, or `NAME || 'what it is otherwise'`; what there is not is empty."""
    name, _, otherwise = expression.partition(" || ")
    value = contexts
    for key in name.split("."):
        value = value.get(key, "") if isinstance(value, dict) else ""
    return value or otherwise.strip("'")


def filled_in(text, contexts):
    return EXPRESSION.sub(lambda found: str(looked_up(found[1], contexts)), text)


def is_due(condition, contexts, failed):
    """An `if`: terms joined by &&, each of them always() or NAME != ''."""
    terms = (condition or "success()").split(" && ")
    compared = [re.fullmatch(r"([\w.-]+) != ''", term) for term in terms if not term.endswith("()")]
    assert all(compared), f"this test cannot evaluate: {condition}"
    return ("always()" in terms or not failed) and all(looked_up(term[1], contexts) for term in compared)


def outputs_in(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


class Runner:
    """A runner of GitHub's with one repository checked out; use() the Action there."""

    def __init__(self, folder, workspace, python, environment):
        self.folder = folder  # for its own files
        self.workspace = workspace
        self.python = python  # what setup-python sets up
        self.environment = environment

    def variables(self, number):
        """Those that GitHub documents, as far as the Action uses them. Each step has its own files."""
        temp = self.folder / "temp"
        temp.mkdir(parents=True, exist_ok=True)
        files = {f"GITHUB_{name}": self.folder / f"{number}.{name.lower()}" for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH")}
        for file in files.values():
            file.touch()
        return {"GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": str(self.workspace), "GITHUB_JOB": "scaling",
                "RUNNER_TEMP": str(temp), "RUNNER_OS": "Linux", "GITHUB_EVENT_NAME": "push", **{name: str(file) for name, file in files.items()}}

    def use(self, inputs, **variables):
        """Carries the Action out with these inputs; variables are GitHub's, for this event."""
        unknown = set(inputs) - set(DEFINITION["inputs"])
        assert not unknown, f"action.yml has no input {unknown}"
        given = {name: str(inputs.get(name, what.get("default", ""))) for name, what in DEFINITION["inputs"].items()}
        contexts = {"inputs": given, "steps": {}, "github": {"job": "scaling"}, "strategy": {"job-index": "0"}}
        job = Job()
        for number, step in enumerate(DEFINITION["runs"]["steps"]):
            if is_due(step.get("if"), contexts, job.failed_at):
                job.steps.append(step["name"])
                outputs = self._other_action(step, contexts, job) if "uses" in step else self._script(number, step, contexts, job, variables)
                contexts["steps"][step.get("id", step["name"])] = {"outputs": outputs}
        job.outputs = {name: filled_in(what["value"], contexts) for name, what in DEFINITION["outputs"].items()}
        return job

    def _other_action(self, step, contexts, job):
        job.uses[step["uses"].partition("@")[0]] = {name: filled_in(text, contexts) for name, text in step["with"].items()}
        return {"python-path": str(self.python)} if step["uses"].startswith("actions/setup-python@") else {}

    def _script(self, number, step, contexts, job, variables):
        assert step["shell"] == "bash"
        script = self.folder / f"{number}.sh"
        own = {**self.variables(number), **variables}
        script.write_text(filled_in(step["run"], contexts))
        env = {**self.environment, **own, **{name: filled_in(text, contexts) for name, text in step.get("env", {}).items()}}
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=self.workspace, env=env, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
        job.log += done.stdout.decode(errors="replace")
        job.summary += Path(own["GITHUB_STEP_SUMMARY"]).read_text()
        if done.returncode and not job.failed_at:
            job.failed_at, job.code = step["name"], done.returncode
        return outputs_in(Path(own["GITHUB_OUTPUT"]))
