#pragma once

#include <span>
#include <string>
#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/commands/list.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/interpreters.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/supervise/interpreter.hpp"

namespace gilscale {

/// A Python that a run measures with.
struct RunPython {
  std::string given;  ///< by which it was chosen: a path, a version, a virtual environment
  std::string executable;
  std::string interpreter;  ///< how it is told apart from the others: "3.13t"
  PythonInfo info;          ///< as far as it is known before it runs
  std::vector<GilMode> gils{GilMode::standard};
};

/// Those that --python names or --venv does, else the active virtual environment's, else
/// that which gilscale is installed in, else the one that it was built with. Each has been asked
/// what it is. Throws UsageError with what to do where one does not exist, cannot be measured with,
/// or cannot do what is asked of its GIL.
std::vector<RunPython> run_pythons(const PlanOptions& plan, const std::vector<Plugin>& plugins);

/// The interpreter that `given` names (see --python), which is asked what it is.
struct NamedInterpreter {
  std::string executable;
  InterpreterFacts facts;
};
NamedInterpreter named_interpreter(const std::string& given, const std::vector<Plugin>& plugins);

/// Names by which to tell Pythons apart: "3.13t", as short as will do. In the order given.
std::vector<std::string> distinct_names(std::span<const NamedInterpreter> pythons);

/// Those in `places`, and those that plug-ins were made for.
std::vector<ListedInterpreter> listed_interpreters(const InterpreterPlaces& places,
                                                   const std::vector<Plugin>& plugins);

}  // namespace gilscale
