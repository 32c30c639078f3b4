#include "python/gil_modules.hpp"

#include <pybind11/eval.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <mutex>

#include "python/interpreter.hpp"

// What a module has declared is known to CPython alone, under names that it keeps to itself.
#ifdef Py_GIL_DISABLED
#define Py_BUILD_CORE 1
#include <internal/pycore_moduleobject.h>
#undef Py_BUILD_CORE
#endif

namespace gilscale {

namespace py = pybind11;

#ifdef Py_GIL_DISABLED

namespace {

/// Extension modules that are imported: name, file, module.
py::list imported_extensions() {
  const py::dict names;
  py::exec(R"py(
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from types import ModuleType

# Asking a module for an attribute may run its code, and import others.
found = []
for name, module in list(sys.modules.items()):
    if type(name) is not str or not issubclass(type(module), ModuleType):
        continue
    spec = object.__getattribute__(module, "__dict__").get("__spec__")
    if type(spec) is ModuleSpec and type(spec.loader) is ExtensionFileLoader:
        found.append((name, str(spec.origin or ""), module))
)py",
           names);
  return names["found"];
}

/// Those that are of a distribution, by their top-level names.
py::object distribution_of() {
  const py::dict names;
  py::exec(R"py(
from importlib import metadata

def distribution_of(module):
    try:
        name = metadata.packages_distributions()[module.partition(".")[0]][0]
        return f"{name} {metadata.version(name)}"
    except Exception:  # whatever is wrong with what others installed
        return ""
)py",
           names);
  return names["distribution_of"];
}

bool needs_the_gil(py::handle module) {
  return PyModule_Check(module.ptr()) &&
         reinterpret_cast<PyModuleObject*>(module.ptr())->md_gil == Py_MOD_GIL_USED;
}

/// Of sub-interpreters; they may be gone by now. Never destroyed, as they may not be either.
struct Noted {
  std::mutex mutex;
  std::vector<GilModuleTexts> modules;
  bool gil_was_on = false;
};

Noted& noted() {
  static auto* const all = new Noted;
  return *all;
}

std::vector<GilModuleTexts> modules_of_this_interpreter() {
  std::vector<GilModuleTexts> needing;
  py::object distribution;
  for (const py::handle each : imported_extensions()) {
    const auto [name, file, module] = each.cast<std::tuple<std::string, std::string, py::object>>();
    if (!needs_the_gil(module)) continue;
    if (!distribution) distribution = distribution_of();
    needing.push_back({name, file, distribution(name).cast<std::string>()});
  }
  return needing;
}

void add_new(std::vector<GilModuleTexts>& all, const std::vector<GilModuleTexts>& more) {
  for (const GilModuleTexts& each : more)
    if (std::none_of(all.begin(), all.end(), [&](const auto& known) {
          return known.name == each.name && known.file == each.file;
        }))
      all.push_back(each);
}

}  // namespace

std::vector<GilModuleTexts> modules_that_need_the_gil() try {
  std::vector<GilModuleTexts> all = modules_of_this_interpreter();
  const std::scoped_lock lock(noted().mutex);
  add_new(all, noted().modules);
  return all;
} catch (const py::error_already_set&) {
  return {};  // what cannot be told is no reason to fail
}

void note_gil_of_sub_interpreter() try {
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return;
  const std::vector<GilModuleTexts> found = modules_of_this_interpreter();
  const bool is_on = gil_enabled();
  const std::scoped_lock lock(noted().mutex);
  add_new(noted().modules, found);
  noted().gil_was_on |= is_on;
} catch (const py::error_already_set&) {
  // What cannot be told is no reason to fail.
}

bool had_sub_interpreter_with_gil() {
  const std::scoped_lock lock(noted().mutex);
  return noted().gil_was_on;
}

void silence_warning_of_gil() {
  py::module_::import("warnings")
      .attr("filterwarnings")("ignore", "The global interpreter lock \\(GIL\\) has been enabled",
                              py::handle(PyExc_RuntimeWarning));
}

#else

std::vector<GilModuleTexts> modules_that_need_the_gil() { return {}; }
void note_gil_of_sub_interpreter() {}
bool had_sub_interpreter_with_gil() { return false; }

void silence_warning_of_gil() {}

#endif

}  // namespace gilscale
