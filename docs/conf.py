"""The documentation as a site: scripts/docs.sh builds it. Its order of pages is in _toc.yml."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

project = "gilscale"
release = re.search(r"VERSION (\d+\.\d+\.\d+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
html_title = f"gilscale {release}"

extensions = ["myst_parser", "sphinx_copybutton", "sphinx_external_toc"]
myst_heading_anchors = 4  # headings have the anchors that code hosts give them
smartquotes = False  # "--threads" stays as it is
highlight_language = "text"  # what gilscale prints

html_theme = "furo"
html_theme_options = {"light_css_variables": {"code-font-size": "70%"}}  # gilscale's tables fit into the page
html_show_copyright = False
html_copy_source = False

copybutton_prompt_text = "$ "  # of a console block, the commands are copied and what they print is not
