import sys

from gilscale_report.cli import main

sys.exit(main(sys.argv[1:]))
