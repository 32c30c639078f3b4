#include "python/python_workload.hpp"

#include <pybind11/stl.h>

#include <cstdio>
#include <utility>

#include "gilscale/text/error.hpp"
#include "python/gil_modules.hpp"
#include "python/python_error.hpp"
#include "python/workload_loader.hpp"

namespace gilscale {
namespace {

/// workload_loader.py as a module of the current interpreter, run at first use.
py::module_ loader() {
  constexpr const char* name = "_gilscale_workload_loader";
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (modules.contains(name)) return modules[name].cast<py::module_>();
  silence_warning_of_gil();
  const py::module_ builtins = py::module_::import("builtins");
  py::object module = py::module_::import("types").attr("ModuleType")(name);
  module.attr("__file__") = "<gilscale>";
  builtins.attr("exec")(builtins.attr("compile")(workload_loader_source, "<gilscale>", "exec"),
                        module.attr("__dict__"));
  modules[name] = module;
  return module.cast<py::module_>();
}

/// Calls `work`, whose Python exceptions of the loader's two kinds become ours.
template <typename Work>
auto translated(const Work& work) {
  try {
    return work();
  } catch (py::error_already_set& error) {
    const bool usage = error.matches(loader().attr("UsageError"));
    const bool ours = usage || error.matches(loader().attr("WorkloadError"));
    const py::object exception = take_exception(error);
    if (!ours) throw workload_error("gilscale cannot load it:", exception, "please report it");
    const std::string message = py::str(exception);
    if (usage) throw UsageError(message);
    const py::object cause = exception.attr("__cause__");
    const std::string details = cause.is_none() ? "" : traceback_of(cause);
    if (const std::string refused = py::str(exception.attr("refused")); !refused.empty())
      throw ImportFailure(message, refused, details);
    throw WorkloadError(message, details);
  }
}

/// Nobody counts references to it any more, and it is never freed; what PyUnstable_SetImmortal() of
/// CPython 3.15 does, for objects of any thread. Where the GIL protects counts, nothing changes.
void make_immortal([[maybe_unused]] py::handle object) {
#ifdef Py_GIL_DISABLED
  PyObject* const made = object.ptr();
  made->ob_tid = 0;  // of nobody
  made->ob_ref_shared = 0;
  made->ob_ref_local = UINT32_MAX;
#endif
}

}  // namespace

PythonWorkload::PythonWorkload(std::string spec)
    : spec_(std::move(spec)),
      workload_(translated([&] { return py::object(loader().attr("load")(spec_)); })) {
  name_ = workload_.attr("name").cast<std::string>();
  has_own_sets_ = workload_.attr("own_sets").cast<bool>();
}

double PythonWorkload::prepare(int threads) {
  calls_.clear();
  const py::tuple prepared = translated([&] { return workload_.attr("calls")(threads); });
  for (const py::handle call : prepared[0]) {
    const auto [callable, args, kwargs] = call.cast<std::tuple<py::object, py::tuple, py::dict>>();
    calls_.push_back(std::make_unique<BoundCall>(callable, args, kwargs));
  }
  const py::list immortal =
      translated([&] { return py::list(workload_.attr("to_be_immortal")(prepared[0])); });
  for (const py::handle object : immortal) make_immortal(object);
  return prepared[1].cast<double>();
}

void PythonWorkload::tear_down() {
  if (owner_) owner_->tear_down_workload();
  translated([&] { return workload_.attr("tear_down")(); });  // what is left
}

void PythonWorkload::tear_down_set(int index) {
  translated([&] { return workload_.attr("tear_down_set")(index); });
}

void PythonWorkload::tear_down_or_warn() noexcept {
  try {
    tear_down();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gilscale: warning: %s\n", error.what());
  }
}

std::string discover_workloads(const std::string& spec) {
  return translated([&] { return loader().attr("discover")(spec).cast<std::string>(); });
}

}  // namespace gilscale
