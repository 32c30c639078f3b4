#include "gilscale/commands/list.hpp"

#include <fmt/format.h>

#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/reporters.hpp"

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

}  // namespace

std::string listing(const std::vector<Plugin>& plugins) {
  std::string text = "workloads\n" + workload_rows() + "\nexecutors (--executor)\n";
  for (const ExecutorKind& kind : executor_kinds()) text += list_row(kind.name, kind.summary);
  text += "\nreporters\n";
  for (const Reporter& reporter : reporters()) text += list_row(reporter.name, reporter.summary);
  text += "\nmetrics (--expect)\n";
  for (const Metric& metric : point_metrics()) text += list_row(metric.name, metric.meaning);
  for (const CaseMetric& metric : case_metrics()) text += list_row(metric.name, metric.meaning);
  text += "\ninterpreters\n";
  for (const Plugin& plugin : plugins)
    text +=
        list_row(fmt::format("CPython {} ({} build)", plugin.python.version, plugin.python.build),
                 plugin.python.executable);
  if (plugins.empty()) text += list_row("none", "make a plug-in with scripts/add_python.sh PYTHON");
  return text;
}

}  // namespace gilscale
