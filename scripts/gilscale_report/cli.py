"""The command line of the report."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from gilscale_report.results import ReportError, read_results
from gilscale_report.text import one_line

OK, USAGE, INTERRUPTED = 0, 2, 130
CHARTS = ("scaling", "time", "single", "gil", "stack")


def _page(results, chart):
    from gilscale_report.page import render_page

    if chart:
        raise ReportError("--chart is for one chart as .svg or .png; a page has them all")
    return render_page(results).encode()


def _picture(form):
    def draw(results, chart):
        from gilscale_report.picture import render_picture

        return render_picture(results, chart or "scaling", form)

    return draw


WRITERS = {".html": _page, ".svg": _picture("svg"), ".png": _picture("png")}


def _parser():
    parser = argparse.ArgumentParser(prog="gilscale report", description="Draws result files: a report, or one chart.")
    parser.add_argument("results", nargs="+", metavar="RESULTS.json")
    parser.add_argument("-o", "--out", required=True, help="report.html, or a chart as .svg or .png")
    parser.add_argument("--chart", choices=CHARTS, help="which chart (default: scaling)")
    return parser


def _write(path, content):
    """The whole file or none; a symbolic link stays one."""
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReportError(f"cannot write '{path}': {error.strerror}; check the path") from None


def _refuse_to_overwrite(results, out):
    for path in map(Path, results):
        if out.exists() and path.exists() and out.samefile(path):
            raise ReportError(f"'{out}' is one of the result files; write the picture somewhere else")


def _report(options):
    out = Path(options.out)
    if options.out.endswith("/") or out.is_dir():
        raise ReportError(f"cannot write '{options.out}': it is a folder; name a file in it")
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise ReportError(f"'{out}' does not say what to draw; name a file that ends in {', '.join(WRITERS)}")
    if not out.parent.is_dir():
        raise ReportError(f"cannot write '{out}': there is no folder '{out.parent}'; create it, or check the path")
    _refuse_to_overwrite(options.results, out)
    try:
        content = writer(read_results(options.results), options.chart)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{', '.join(options.results)}: not in the form that gilscale writes ({type(error).__name__}: {error}); "
                          "was it changed by hand? If not, please report this") from error
    _write(out, content)


def main(arguments):
    """Draws, and gives the exit code."""
    try:
        options = _parser().parse_args(arguments)
        _report(options)
    except ReportError as error:
        print(f"gilscale: {one_line(error)}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as stop:  # argparse has said what it had to say
        return stop.code if isinstance(stop.code, int) else USAGE
    return OK
