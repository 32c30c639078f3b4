#include "python/draw_report.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "executable.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"
#include "venv.hpp"

namespace gilscale {
namespace {

/// The environment that scripts/setup.sh makes, while the project is still where it was built.
std::string python_of_project(const std::string& version) {
  const auto venv = read_venv(GILSCALE_PROJECT_VENV);
  return venv && same_python(venv->version, version) ? venv->python.string() : "";
}

std::string chosen_python(const std::string& given) {
  const char* active = std::getenv("VIRTUAL_ENV");
  const std::string version = built_for().version;
  const std::string python = python_of_venv(given, active ? active : "", version, false);
  return python.empty() ? python_of_project(version) : python;
}

std::vector<std::string> arguments_of(const ReportOptions& options) {
  std::vector<std::string> arguments{"--out=" + options.out};
  if (!options.chart.empty()) arguments.push_back("--chart=" + options.chart);
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), options.results.begin(), options.results.end());
  return arguments;
}

/// File names need not be UTF-8.
py::list decoded(const std::vector<std::string>& arguments) {
  py::list texts;
  for (const std::string& argument : arguments)
    texts.append(py::reinterpret_steal<py::str>(PyUnicode_DecodeFSDefault(argument.c_str())));
  return texts;
}

}  // namespace

ExitCode draw_report(const ReportOptions& options) {
  const Interpreter python(chosen_python(options.venv));
  const FlushAtEnd flush;
  try {
    py::module_::import("sys").attr("path").attr("insert")(0, (share_folder() / "report").string());
    const py::object main = py::module_::import("gilscale_report.cli").attr("main");
    return static_cast<ExitCode>(main(decoded(arguments_of(options))).cast<int>());
  } catch (py::error_already_set& error) {
    // An environment of another build of this Python, or a package that is broken.
    throw UsageError(fmt::format("{} cannot draw: {}; name another environment with --venv DIR",
                                 python.info().executable, summary_of(take_exception(error))));
  }
}

}  // namespace gilscale
