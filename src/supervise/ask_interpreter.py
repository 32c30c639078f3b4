"""Says, as JSON, what it takes to embed this interpreter and to extend it.

Run by the interpreter that is asked: when gilscale is built (src/python/CMakeLists.txt), and by each worker.
"""

import json
import os
import sys
import sysconfig

get = sysconfig.get_config_var


def shared_library():
    """The path of libpython; empty where there is only a static one."""
    names = [name for name in (get("INSTSONAME"), get("LDLIBRARY")) if name and not name.endswith(".a")]
    prefixes = [get("LIBDIR"), os.path.join(sys.base_prefix, "lib"), os.path.join(sys.base_exec_prefix, "lib")]
    folders = [os.path.join(prefix, part) for prefix in filter(None, prefixes) for part in ("", get("MULTIARCH") or "")]
    files = [os.path.join(folder, name) for name in names for folder in [*folders, get("PYTHONFRAMEWORKPREFIX") or ""]]
    return next(filter(os.path.isfile, files), "")


print(json.dumps({
    "executable": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "soabi": get("SOABI"),
    "suffix": get("EXT_SUFFIX"),
    "include": sysconfig.get_path("include"),
    "library": shared_library(),
    "build": "free-threaded" if get("Py_GIL_DISABLED") else "default",
    "debug": bool(get("Py_DEBUG")),
}))
