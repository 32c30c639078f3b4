"""What the ledger sees: who holds the GIL, and for what threads wait."""

import pytest

from conftest import FAILED, OK

QSORT = """
    import ctypes

    libc = ctypes.CDLL(None)
    numbers = (ctypes.c_int * 200)()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    def compare(a, b):
        sum(range(2000))
        return 0

    def work():
        libc.qsort(numbers, len(numbers), 4, compare)
"""

HASH = """
    import hashlib

    data = bytes(5_000_000)

    def work():
        hashlib.sha256(data).digest()
"""

CRC = """
    import zlib

    data = bytes(20_000_000)

    def work():
        zlib.crc32(data)
"""

SLEEP = """
    import time

    def work():
        time.sleep(0.005)
"""

BURN = """
    import threading

    def burn():
        sum(range(300_000))

    def work():
        thread = threading.Thread(target=burn)
        thread.start()
        thread.join()
"""


@pytest.mark.parametrize(("source", "code"), [
    pytest.param(QSORT, FAILED, id="a C function that detaches, and calls back into Python"),
    pytest.param(BURN, FAILED, id="a thread that the call starts"),
    pytest.param(HASH, OK, id="hashlib"), pytest.param(CRC, OK, id="zlib"), pytest.param(SLEEP, OK, id="inside libpython"),
])
@pytest.mark.usefixtures("with_gil", "no_sanitizer")
def test_the_gil_demand_is_seen_whoever_holds_it(gilscale, workload, source, code):
    """zlib and time are inside libpython on Debian; a call back attaches there."""
    workload("mine.py", source)
    done = gilscale("run", "mine.py:work", "-t1", "--budget=2", "--max-budget=30", "--expect=* gil_demand <= 0.25")
    assert done.returncode == code, done.stdout
