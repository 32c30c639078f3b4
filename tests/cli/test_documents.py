"""Every gilscale command in the README and in docs/ works as it stands there.

Run are the lines of ```sh blocks that begin with `gilscale ` or `python3 `, and those of ```console blocks that begin
with `$ ` and one of these (with their continuation lines), in order and in one new folder for each document. HTML
comments before a block say more:

    <!-- file: NAME -->         the block is the text of that file; it is written before the next command
    <!-- exit: N -->            the commands of the block end with that exit code instead of 0; "N or M" allows both
    <!-- not run: REASON -->    the block is skipped
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if path.exists()]

FENCE = re.compile(r"^( *)(`{3,}|~{3,})\s*(\w*)")
COMMENT = re.compile(r"^\s*<!--\s*([\w ]+?)\s*:\s*(.*?)\s*-->\s*$")


@dataclass
class Block:
    language: str
    notes: dict
    line: int  # of its first line of text
    text: str

    def commands(self):
        """Pairs of a line number and a command."""
        prompt = {"sh": "", "bash": "", "console": "$ "}.get(self.language)
        if prompt is None or "not run" in self.notes:
            return
        number = self.line
        for command in re.sub(r"\\\n\s*(?:> )?", "\0", self.text).split("\n"):
            if command.startswith((prompt + "gilscale ", prompt + "python3 ")):
                yield number, command[len(prompt):].replace("\0", " ")
            number += 1 + command.count("\0")


def blocks_of(markdown):
    notes, lines = {}, iter(enumerate(markdown.splitlines(), start=1))
    for number, line in lines:
        fence, comment = FENCE.match(line), COMMENT.match(line)
        if fence:
            indent, marks, language = fence.groups()
            text = []
            for _, inner in lines:
                if inner.strip() == marks:
                    break
                text.append(inner[len(indent):] if inner.startswith(indent) else inner)
            yield Block(language, notes, number + 1, "\n".join(text) + "\n")
            notes = {}
        elif comment:
            notes[comment[1]] = comment[2]
        elif line.strip():
            notes = {}


def faults_in(markdown, gilscale):
    """Runs a document in the folder of gilscale's test; says what went differently than the document has it."""
    bin_folder = gilscale.folder / ".bin"
    bin_folder.mkdir()
    (bin_folder / "gilscale").symlink_to(gilscale.executable)
    (bin_folder / "python3").symlink_to(sys.executable)
    env = gilscale.environment(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    faults = []
    for block in blocks_of(markdown):
        if "file" in block.notes:
            path = gilscale.folder / block.notes["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
            continue
        expected = [int(code) for code in block.notes.get("exit", "0").split(" or ")]
        for line, command in block.commands():
            done = subprocess.run(command, shell=True, cwd=gilscale.folder, env=env, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
            if done.returncode not in expected:
                faults.append(f"line {line}: `{command}` ended with {done.returncode} and not {block.notes.get('exit', 0)}:\n"
                              + done.stdout.decode(errors="replace"))
    return faults


@pytest.mark.usefixtures("with_gil")
@pytest.mark.parametrize("document", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_every_command_of_a_document_works(gilscale, document):
    faults = faults_in(document.read_text(encoding="utf-8"), gilscale)
    assert not faults, "\n".join([document.name, *faults])


def test_every_link_of_the_readme_names_a_file():  # scripts/docs.sh looks at those of the other documents
    links = re.findall(r"\]\(([^)#:]+)[^)]*\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert "docs/index.md" in links
    assert [link for link in links if not (ROOT / link).exists()] == []


SAMPLE = """\
Text, and a file:

<!-- file: mine/work.py -->
```python
def work(n=1):
    pass
```

<!-- exit: 2 -->
```sh
gilscale frobnicate
```
Some text between, which ends the notes. `gilscale in line` is not run.

1. In a list:

   ```console
   $ gilscale run mine/work.py:work --threads 1 \\
       --calls 1 --benchmark_min_time=1x > table.txt
   gilscale output that looks like a command
   $ cat table.txt
   $ python3 -c "print(1)"
   $ gilscale --version
   gilscale 0.1.0
   ```

<!-- not run: it would take an hour -->

```sh
gilscale run --budget 3600
```
```json
gilscale nothing
```
"""


def test_a_document_is_read_as_its_writers_are_told():
    commands = [command for block in blocks_of(SAMPLE) for command in block.commands()]
    assert commands == [
        (11, "gilscale frobnicate"),
        (18, "gilscale run mine/work.py:work --threads 1  --calls 1 --benchmark_min_time=1x > table.txt"),
        (22, 'python3 -c "print(1)"'),
        (23, "gilscale --version")]


def test_a_document_that_is_right_has_no_faults(gilscale):
    assert faults_in(SAMPLE, gilscale) == []
    assert "mine/work.py:work" in (gilscale.folder / "table.txt").read_text()


def test_a_document_that_is_wrong_is_told_by_line(gilscale):
    fault, = faults_in(SAMPLE.replace("<!-- exit: 2 -->", ""), gilscale)
    assert fault.startswith("line 11: `gilscale frobnicate` ended with 2 and not 0:")
