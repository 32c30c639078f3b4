"""Becomes the program gilscale, which lies beside this file in bin/: `gilscale` and `python -m gilscale`.

The program starts its workers by itself; Python has no further part in it than to say which one this is, since that one's
environment need not be active.
"""

import os
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "bin" / "gilscale"


def main():
    os.environ["GILSCALE_OWN_PYTHON"] = sys.executable
    try:
        os.execv(PROGRAM, [str(PROGRAM), *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"gilscale: cannot start {PROGRAM}: {error.strerror}; install gilscale again with pip")


if __name__ == "__main__":
    main()
