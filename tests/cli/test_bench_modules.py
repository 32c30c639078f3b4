"""The modules that gilscale measures by default do what their names say, on any machine; see modules_checked.py."""

import subprocess
from pathlib import Path

import pytest
from modules_checked import CHECKS


@pytest.mark.parametrize("check", [each.__name__ for each in CHECKS])
def test_of_the_modules(builtin_workloads, measured_python, check):
    script = Path(__file__).with_name("modules_checked.py")
    done = subprocess.run([measured_python, "-B", script, builtin_workloads, check], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
