"""Draws gilscale's result files: a report as one HTML file, or one chart as SVG or PNG.

    python -m gilscale_report RESULTS.json [MORE.json ...] -o report.html

`results` reads the files, `charts` turns them into data, and only `page` (Jinja2), `inline_svg` and `picture` (matplotlib)
know how that looks.
"""
