import sys
from pathlib import Path

if not __package__:  # run as a folder, `python gilscale_report`, and not as `python -m gilscale_report`
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from gilscale_report.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
