#!/usr/bin/env python3
"""Checks that includes keep to the rooms: arrows go down, and what a room keeps to itself is its own.

    scripts/check_arrows.py [FOLDER]        prints each offending include, and exits with 1 if there is one

FOLDER is the project's (default: the one that contains this script). The order of the rooms is that of
src/CMakeLists.txt, from the lowest to the highest.
"""

import re
import sys
from pathlib import Path

# Beside the list: the highest room that they may use, besides those of themselves.
BESIDE = {"python": "measure", "worker": "supervise"}
# And what they may use beside the list: of `python`, which is another program, the border alone.
ALSO = {"worker": {"python"}, "main": {"worker"}}
OWN_PROGRAM = {"python"}
# Libraries that are kept to one place.
HOMES = {"pybind11/": "python", "Python.h": "python", "benchmark/": "worker", "CLI/": "command_line", "toml++/": "command_line",
         "boost/": "statistics", "hwloc.h": "machine", "elfutils/": "ledger"}


def order_of(root):
    listed = re.search(r"foreach\(room IN ITEMS ([\w\s]+?)\)", (root / "src/CMakeLists.txt").read_text())
    return listed[1].split()


def room_of(path, root):
    """The room of a file: a folder of src or include/gilscale; `main` for src/main.cpp."""
    parts = path.relative_to(root).parts
    inside = parts[2:] if parts[0] == "include" else parts[1:]
    return inside[0] if len(inside) > 1 else Path(inside[0]).stem


def allowed(room, rooms):
    """The rooms whose public headers a file of this room may include."""
    top = BESIDE.get(room, room)
    below = set(rooms if room == "main" else rooms[:rooms.index(top) + 1])
    return below | ALSO.get(room, set()) | {room}


def fault_of(room, include, quoted, rooms):
    """What is wrong with an include; empty if nothing is."""
    if not quoted:
        home = next((home for prefix, home in HOMES.items() if include.startswith(prefix)), room)
        return "" if home == room else f"only {home} may use that library"
    public = include.startswith("gilscale/")
    other = include.split("/")[1 if public else 0]
    if other not in {*rooms, *BESIDE}:
        return "it does not name a room"
    if other not in allowed(room, rooms):
        return f"{room} is below {other}, or beside it"
    # What lies beside the list has no public headers, save the border of a program of its own.
    if not public and other != room and (other in OWN_PROGRAM or other not in ALSO.get(room, set())):
        return f"that header is private to {other}"
    return ""


def faults_in(root):
    rooms = order_of(root)
    files = sorted(path for folder in ("src", "include") for path in (root / folder).rglob("*.?pp"))
    for path in files:
        room = room_of(path, root)
        if room not in {*rooms, *BESIDE, "main"}:
            yield f"{path.relative_to(root)}: is not in any room"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found = re.match(r'#include (?:"(?P<quoted>[^"]+)"|<(?P<angled>[^>]+)>)', line)
            include = found and (found["quoted"] or found["angled"])
            if include and (fault := fault_of(room, include, bool(found["quoted"]), rooms)):
                yield f"{path.relative_to(root)}:{number}: {line}: {fault}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    faults = list(faults_in(root))
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
