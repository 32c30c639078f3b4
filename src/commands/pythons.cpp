#include "commands/pythons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "gilscale/model/executable.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/venv.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

/// Nothing where it does not run, or is none: one among many that were found.
std::optional<NamedInterpreter> asked(const fs::path& executable) {
  try {
    return NamedInterpreter{executable.string(), ask_interpreter(executable.string())};
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool has_plugin(const InterpreterFacts& facts, const std::vector<Plugin>& plugins) {
  return std::any_of(plugins.begin(), plugins.end(),
                     [&](const Plugin& plugin) { return plugin.soabi == facts.soabi; });
}

/// What an active environment has on PATH comes before what lies elsewhere.
std::vector<fs::path> all_executables(const InterpreterPlaces& places,
                                      const std::vector<Plugin>& plugins) {
  std::vector<fs::path> all = interpreters_in(places);
  for (const Plugin& plugin : plugins)  // a wheel's are commands, which PATH has or not
    if (fs::path(plugin.python.executable).is_absolute())
      all.emplace_back(plugin.python.executable);
  return all;
}

/// python3.13 may be a free-threaded one, python3 whatever it likes.
bool may_be(const PythonVersion& version, const fs::path& executable) {
  const std::string name = version_in_name(executable);
  if (name.empty()) return true;
  return minor_version(version.release) == name.substr(0, name.find('t'));
}

/// A version: of all that were found the first one that can be measured with, else the first one.
NamedInterpreter find_version_of_python(const std::string& given, const PythonVersion& version,
                                        const std::vector<Plugin>& plugins) {
  std::optional<NamedInterpreter> first;
  std::set<std::string> others;
  for (const fs::path& executable : all_executables(interpreter_places(), plugins)) {
    if (const std::string name = version_in_name(executable); !name.empty()) others.insert(name);
    auto found = may_be(version, executable) ? asked(executable) : std::nullopt;
    if (!found) continue;
    const InterpreterFacts& facts = found->facts;
    if (!version.means(facts.version, facts.free_threaded)) continue;
    if (!facts.library.empty() && has_plugin(facts, plugins)) return *std::move(found);
    if (!first) first = std::move(found);
  }
  if (first) return *std::move(first);
  throw UsageError(fmt::format(
      "there is no Python '{}' on PATH, nor among those of uv, pyenv and "
      "setup-python{}; name the path of its interpreter or of a virtual environment",
      given, others.empty() ? "" : fmt::format(" (there are {})", fmt::join(others, ", "))));
}

std::string absolute_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal().string();
}

std::string executable_in(const std::string& given) {
  if (const auto executable = interpreter_of(given)) return absolute_path(*executable);
  throw UsageError(
      fmt::format("'{}' is a folder without an interpreter (bin/python); name a virtual "
                  "environment, an interpreter, or a version like 3.13",
                  given));
}

/// What is not a version: a folder, a file, or a command on PATH.
NamedInterpreter find_path_of_python(const std::string& given) {
  std::error_code ignored;
  if (fs::is_directory(given, ignored)) {
    const std::string executable = executable_in(given);
    return {executable, ask_interpreter(executable)};
  }
  if (given.find('/') != std::string::npos && !fs::exists(given, ignored))
    throw UsageError(
        fmt::format("--python '{}' does not exist; name an interpreter, a virtual environment, or "
                    "a version like 3.13",
                    given));
  if (fs::exists(given, ignored))
    return {absolute_path(given), ask_interpreter(absolute_path(given))};
  InterpreterFacts facts = ask_interpreter(given);
  return {facts.executable, std::move(facts)};
}

/// The folder that people know an interpreter by: "/path/to/env" of /path/to/env/bin/python.
fs::path home_of(const NamedInterpreter& python) {
  return fs::path(python.executable).parent_path().parent_path();
}

std::string short_name(const InterpreterFacts& facts) {
  return interpreter_name(facts.version, facts.free_threaded, facts.debug);
}

using Namer = std::string (*)(const NamedInterpreter&);

/// Each longer than the one before.
constexpr Namer namers[] = {
    [](const NamedInterpreter& python) { return short_name(python.facts); },
    [](const NamedInterpreter& python) {
      const InterpreterFacts& facts = python.facts;
      return fmt::format("{}{}{}", facts.version, facts.free_threaded ? "t" : "",
                         facts.debug ? "d" : "");
    },
    [](const NamedInterpreter& python) {
      return fmt::format("{} {}", namers[1](python), home_of(python).filename().string());
    },
    [](const NamedInterpreter& python) {
      return fmt::format("{} {}", namers[1](python), python.executable);
    },
};

/// Those that some other one has, too.
std::set<std::string> ambiguous(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  std::set<std::string> twice;
  for (const std::string& name : names)
    if (!seen.insert(name).second) twice.insert(name);
  return twice;
}

/// The environment, or else the file: a link to an interpreter is the same Python.
fs::path identity_of(const std::string& executable) {
  const fs::path home = fs::path(executable).parent_path().parent_path();
  std::error_code ignored;
  const bool is_environment = fs::exists(home / "pyvenv.cfg", ignored);
  return fs::weakly_canonical(is_environment ? home : fs::path(executable), ignored);
}

void refuse_twice(std::span<const RunPython> pythons) {
  for (std::size_t i = 0; i < pythons.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (identity_of(pythons[i].executable) == identity_of(pythons[j].executable))
        throw UsageError(fmt::format("--python '{}' and '{}' are the same Python, {}; name it once",
                                     pythons[j].given, pythons[i].given, pythons[i].executable));
}

/// Somebody's own code may need what an environment of another Python has.
bool runs_own_code(const WorkloadOptions& workloads) {
  const auto is_own = [](const std::string& name) {
    return name.find('.') != name.npos || name.find(':') != name.npos;
  };
  return !workloads.statement.empty() ||
         std::any_of(workloads.names.begin(), workloads.names.end(), is_own);
}

/// By pip, gilscale comes into an environment, which need not be active.
std::string python_it_came_with(const std::vector<Plugin>& plugins) {
  const std::string own = own_python();
  return own.empty() ? default_plugin(plugins).python.executable : own;
}

/// Where no --python is given.
NamedInterpreter usual_python(const PlanOptions& plan, const std::vector<Plugin>& plugins) {
  std::vector<std::string> versions;
  for (const Plugin& plugin : plugins) versions.push_back(plugin.python.version);
  const char* const active = std::getenv("VIRTUAL_ENV");
  const auto venv =
      chosen_venv(plan.venv, active ? active : "", versions, runs_own_code(plan.workloads));
  const std::string executable = venv ? venv->python.string() : python_it_came_with(plugins);
  return {executable, ask_interpreter(executable)};
}

bool wants(const PlanOptions& plan, GilMode mode) {
  return std::count(plan.gils.begin(), plan.gils.end(), mode) > 0;
}

/// `both`: a Python that has its GIL in any case is one case.
std::vector<GilMode> gils_for(const PlanOptions& plan, const InterpreterFacts& facts) {
  const bool both = plan.gils.size() > 1;
  if (facts.free_threaded || !both) return plan.gils;
  return {GilMode::standard};
}

void refuse_to_switch_gil_off(const PlanOptions& plan,
                              const std::vector<NamedInterpreter>& pythons) {
  if (!wants(plan, GilMode::off)) return;
  const bool both = plan.gils.size() > 1;
  const auto needs_it = [](const NamedInterpreter& each) { return !each.facts.free_threaded; };
  const auto first = std::find_if(pythons.begin(), pythons.end(), needs_it);
  if (first == pythons.end()) return;
  if (both && !std::all_of(pythons.begin(), pythons.end(), needs_it)) return;
  throw UsageError(needs_its_gil(first->executable));
}

}  // namespace

NamedInterpreter named_interpreter(const std::string& given, const std::vector<Plugin>& plugins) {
  if (given.empty())
    throw UsageError(
        "--python '' is empty; name an interpreter, a virtual environment, or a version like 3.13");
  const auto version = read_python_version(given);
  return version ? find_version_of_python(given, *version, plugins) : find_path_of_python(given);
}

std::vector<std::string> distinct_names(std::span<const NamedInterpreter> pythons) {
  std::vector<std::string> names;
  for (const NamedInterpreter& each : pythons) names.push_back(namers[0](each));
  for (const Namer namer : std::span(namers).subspan(1)) {
    const std::set<std::string> twice = ambiguous(names);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (twice.contains(names[i])) names[i] = namer(pythons[i]);
  }
  return names;
}

std::vector<RunPython> run_pythons(const PlanOptions& plan, const std::vector<Plugin>& plugins) {
  const bool runs_python =
      std::any_of(plan.executors.begin(), plan.executors.end(),
                  [](const std::string& name) { return executor_kind(name).runs_python; });
  if (!runs_python) return {RunPython{}};
  std::vector<NamedInterpreter> found;
  for (const std::string& given : plan.pythons) found.push_back(named_interpreter(given, plugins));
  if (found.empty()) found.push_back(usual_python(plan, plugins));
  for (const NamedInterpreter& each : found)
    (void)files_of(each.executable, each.facts, plugins);  // throws where it cannot be measured
  refuse_to_switch_gil_off(plan, found);
  const std::vector<std::string> names = distinct_names(found);
  std::vector<RunPython> pythons;
  for (std::size_t i = 0; i < found.size(); ++i)
    pythons.push_back({i < plan.pythons.size() ? plan.pythons[i] : "", found[i].executable,
                       names[i], info_of(found[i].facts), gils_for(plan, found[i].facts)});
  refuse_twice(pythons);
  return pythons;
}

std::vector<ListedInterpreter> listed_interpreters(const InterpreterPlaces& places,
                                                   const std::vector<Plugin>& plugins) {
  std::vector<ListedInterpreter> listed;
  std::set<fs::path> known;
  for (const fs::path& executable : all_executables(places, plugins)) {
    std::error_code ignored;
    const fs::path own = fs::canonical(executable, ignored);
    if (!ignored && !known.insert(own).second) continue;
    const auto found = asked(executable);
    if (!found) continue;
    const InterpreterFacts& facts = found->facts;
    if (is_too_old(facts)) continue;
    ListedInterpreter& entry = listed.emplace_back();
    entry.name = short_name(facts);
    entry.info = info_of(facts);
    entry.info.executable = executable.string();
    if (facts.library.empty())
      entry.missing = fmt::format(
          "a shared libpython; Debian: apt-get install libpython{}; those of uv and conda have one",
          minor_version(facts.version));
    else if (!has_plugin(facts, plugins))
      entry.missing = "a plug-in";
  }
  return listed;
}

}  // namespace gilscale
