#include "gilscale/commands/list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "commands/pythons.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/reporters.hpp"
#include "gilscale/report/standard_output.hpp"

namespace gilscale {
namespace {

/// Two spaces at least, however long the name is.
std::string list_row(std::string_view name, std::string_view summary) {
  return fmt::format("  {:<40}  {}\n", name, summary);
}

std::string workload_rows() {
  std::string text;
  for (const BuiltinWorkload& workload : builtin_workloads()) {
    const std::string arguments =
        workload.arguments.empty() ? "" : fmt::format("({})", workload.arguments);
    text += list_row(fmt::format("{}{}", workload.name, arguments),
                     fmt::format("{}: {}", workload.suite, workload.summary));
  }
  return text + list_row("module:callable, file.py:name", "your own callable") +
         list_row("module:Class.method", "your own method, on an instance made during set-up") +
         list_row("file.py", "every function bench_... in that file") +
         list_row("--stmt CODE", "a statement, as in timeit");
}

std::string interpreter_row(const ListedInterpreter& each) {
  const PythonInfo& info = each.info;
  const std::string build = info.build == "default" ? "" : ", " + info.build;
  const std::string debug = info.debug ? ", debug" : "";
  const std::string name =
      fmt::format("{:<6} CPython {}{}{}", each.name, info.version, build, debug);
  return list_row(name, each.missing.empty()
                            ? info.executable
                            : fmt::format("{} lacks {}", info.executable, each.missing));
}

}  // namespace

std::string listing(std::span<const ListedInterpreter> interpreters) {
  std::string text = "workloads\n" + workload_rows() + "\nexecutors (--executor)\n";
  for (const ExecutorKind& kind : executor_kinds()) text += list_row(kind.name, kind.summary);
  text += "\nreporters\n";
  for (const Reporter& reporter : reporters()) text += list_row(reporter.name, reporter.summary);
  text += "\nmetrics (--expect)\n";
  for (const Metric& metric : point_metrics()) text += list_row(metric.name, metric.meaning);
  for (const CaseMetric& metric : case_metrics()) text += list_row(metric.name, metric.meaning);
  text += "\ninterpreters (--python)\n";
  for (const ListedInterpreter& each : interpreters) text += interpreter_row(each);
  const bool any_missing =
      std::any_of(interpreters.begin(), interpreters.end(),
                  [](const ListedInterpreter& each) { return !each.missing.empty(); });
  if (interpreters.empty()) text += list_row("none", "");
  if (interpreters.empty() || any_missing)
    text += fmt::format("  a plug-in: {}\n", how_to_make_plugin("INTERPRETER"));
  return text;
}

ExitCode list() {
  print_out(listing(listed_interpreters(interpreter_places(), installed_plugins())));
  return ExitCode::ok;
}

}  // namespace gilscale
