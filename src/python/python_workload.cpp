#include "python/python_workload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <filesystem>

#include "executable.hpp"
#include "gilscale/error.hpp"
#include "python/python_error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

void put_first_on_path(const fs::path& folder) {
  py::module_::import("sys").attr("path").attr("insert")(0, folder.string());
}

py::object import_file(const std::string& file) {
  const fs::path path = fs::absolute(file);
  put_first_on_path(path.parent_path());
  const py::module_ util = py::module_::import("importlib.util");
  const py::object spec = util.attr("spec_from_file_location")(path.stem().string(), path.string());
  const py::object module = util.attr("module_from_spec")(spec);
  // Registered before it runs, as import does: dataclasses and pickle look their module up.
  py::module_::import("sys").attr("modules")[spec.attr("name")] = module;
  spec.attr("loader").attr("exec_module")(module);
  return module;
}

py::object import_module(const WorkloadSpec& spec) {
  if (!spec.file.empty()) return import_file(spec.file);
  put_first_on_path(spec.builtin ? share_folder() / "workloads" : fs::current_path());
  return py::module_::import(spec.module.c_str());
}

py::object import_of(const WorkloadSpec& spec) {
  if (!spec.file.empty() && !fs::is_regular_file(spec.file))
    throw WorkloadError(
        fmt::format("workload '{}': there is no file '{}'; check the path", spec.name, spec.file));
  try {
    return import_module(spec);
  } catch (py::error_already_set& error) {
    throw workload_error(fmt::format("workload '{}' cannot be imported:", spec.name),
                         take_exception(error), "try the import in Python itself");
  }
}

/// ", did you mean 'dumps'?" or nothing.
std::string suggestion(const std::string& name, const py::object& owner) {
  const py::list near = py::module_::import("difflib").attr("get_close_matches")(
      name, py::reinterpret_steal<py::list>(PyObject_Dir(owner.ptr())), 1);
  return near.empty() ? ""
                      : fmt::format(", did you mean '{}'?", py::str(near[0]).cast<std::string>());
}

/// Follows a dotted path.
py::object attribute_of(py::object owner, std::string_view path, const WorkloadSpec& spec) {
  while (!path.empty()) {
    const std::string name(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!py::hasattr(owner, name.c_str()))
      throw WorkloadError(fmt::format("workload '{}': {} has no '{}'{}", spec.name,
                                      py::repr(owner).cast<std::string>(), name,
                                      suggestion(name, owner)));
    owner = owner.attr(name.c_str());
  }
  return owner;
}

void require_callable(const py::object& object, const WorkloadSpec& spec) {
  if (PyCallable_Check(object.ptr()) != 0) return;
  throw WorkloadError(fmt::format("workload '{}' is not callable: it is {}", spec.name,
                                  py::repr(py::type::of(object)).cast<std::string>()));
}

/// A literal of the given type. ast.literal_eval runs no code.
template <typename T>
T literal(const std::string& text, const char* option, const char* example) {
  const auto refuse = [&] {
    throw UsageError(
        fmt::format("{} '{}' is not a Python literal of the right kind; write it as {}", option,
                    text, example));
  };
  try {
    const py::object value = py::module_::import("ast").attr("literal_eval")(text);
    if (!py::isinstance<T>(value)) refuse();
    return py::cast<T>(value);
  } catch (const py::error_already_set&) {
    refuse();
  }
  return T();
}

py::dict keyword_arguments(const std::string& text) {
  auto kwargs = literal<py::dict>(text, "--kwargs", "\"{'level': 9}\"");
  for (const auto& [key, value] : kwargs)
    if (!py::isinstance<py::str>(key))
      throw UsageError(fmt::format("--kwargs '{}' has a key that is not a string", text));
  return kwargs;
}

}  // namespace

PythonWorkload::PythonWorkload(WorkloadSpec spec)
    : spec_(std::move(spec)),
      args_(literal<py::tuple>(spec_.args, "--args", "a tuple: \"(30,)\"")),
      kwargs_(keyword_arguments(spec_.kwargs)) {
  module_ = import_of(spec_);
  const std::string_view path = spec_.attribute;
  if (spec_.shared_element.empty()) {
    callable_ = attribute_of(module_, path, spec_);
    require_callable(callable_, spec_);
  } else {
    callable_ = attribute_of(module_, path.substr(0, path.rfind('.')), spec_);
  }
}

double PythonWorkload::prepare(int threads) {
  calls_.clear();
  if (!spec_.shared_element.empty()) return prepare_shared_instance(threads);
  for (int i = 0; i < threads; ++i)
    calls_.push_back(std::make_unique<BoundCall>(callable_, args_, kwargs_));
  return 0;
}

py::object PythonWorkload::shared_instance(const py::list& elements) const {
  try {
    return callable_(elements);
  } catch (py::error_already_set& error) {
    throw workload_error(fmt::format("workload '{}' cannot be set up:", spec_.name),
                         take_exception(error), "try its class in Python itself");
  }
}

double PythonWorkload::prepare_shared_instance(int threads) {
  const auto element = literal<py::object>(spec_.shared_element, "--fib", "30");
  py::list elements;
  for (int i = 0; i < threads; ++i) elements.append(element);
  const auto began = std::chrono::steady_clock::now();
  const py::object instance = shared_instance(elements);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const std::string method = spec_.attribute.substr(spec_.attribute.rfind('.') + 1);
  for (int i = 0; i < threads; ++i)
    calls_.push_back(
        std::make_unique<BoundCall>(instance.attr(method.c_str()), py::make_tuple(i), py::dict()));
  return took.count();
}

}  // namespace gilscale
