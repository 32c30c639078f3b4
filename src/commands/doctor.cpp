#include "gilscale/commands/doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <utility>

#include "gilscale/measure/native_executor.hpp"
#include "gilscale/measure/point.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/report/standard_output.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/counted.hpp"

namespace gilscale {
namespace {

/// Plain arithmetic on all usable CPUs against plain arithmetic on all usable CPUs: what one of the
/// two is called does not matter.
MeasuredCapacity measure_capacity(const CpuBudget& budget) {
  const Placement placement = budget.placement(false);
  NativeExecutor arithmetic(placement);
  NativeExecutor control(placement);
  Point point;
  point.threads = placement.cpus;
  arithmetic.prepare(point.threads);
  control.prepare(point.threads);
  const std::optional<double> period_s = budget.quota_period_s();
  point.calls = calibrate_calls(arithmetic, control_target_s(0.025, period_s));
  StopRule rule;
  rule.budget_s = 1.5;
  Sampler sampler(arithmetic, control, point, rule,
                  {placement.cpus, period_s, std::random_device()()});
  sampler.warm_up();
  while (!sampler.stop_reason() && !interrupted()) sampler.take();
  return {point.threads, figures_of(point).capacity};
}

/// The least that makes a worker tell which Python it is.
CaseResult ask_python(WorkerListener& listener) {
  Case planned;
  WorkloadOptions names;
  names.names = {"release"};
  names.args = "(0,)";
  planned.workload = resolve_workloads(names).front();
  planned.threads = {1};
  planned.calls = 1;
  planned.stop.exactly = 1;
  return run_case({planned, worker_command()}, 60, listener);
}

std::string row(const char* name, const std::string& value) {
  return fmt::format("  {:<12}{}\n", name, value);
}

std::string describe(const CpuBudget& budget) {
  const Topology& topology = budget.topology;
  std::string text =
      counted(topology.cpus(), "CPU") + " on " + counted(topology.cores.size(), "core");
  if (topology.fast_cores() < static_cast<int>(topology.cores.size()))
    text += fmt::format(" ({} of them fast)", topology.fast_cores());
  text += ", " + counted(topology.numa_nodes(), "memory node");
  return text + (budget.quota ? fmt::format(", a quota of {:.3g} CPUs", budget.quota->cpus)
                              : std::string(", no quota"));
}

std::string describe(const MeasuredCapacity& measured) {
  if (measured.threads < 2) return "1 CPU: threads cannot run at the same time here";
  return fmt::format(
      "{} threads of plain arithmetic got {:.2f} cores, 95 % interval [{:.2f}, {:.2f}]",
      measured.threads, measured.capacity.estimate, measured.capacity.low, measured.capacity.high);
}

bool is_serious(const Finding& finding) { return finding.serious; }

}  // namespace

std::string diagnosis(const Machine& machine, const MeasuredCapacity& measured,
                      const CaseResult& python, const std::vector<Finding>& findings) {
  std::string text = "this process may use\n";
  text += row("CPUs", describe(machine.budget));
  text += row("auto", fmt::format("--threads {}", fmt::join(machine.budget.thread_counts(), ",")));
  text += row("--pin", fmt::format("threads are bound to CPUs {}, in this order",
                                   fmt::join(machine.budget.topology.pin_order(), " ")));
  text += row("now", describe(measured));
  if (python.python)
    text += row("Python", fmt::format("CPython {} ({} build), GIL {}: {}", python.python->version,
                                      python.python->build, python.gil.after_import ? "on" : "off",
                                      python.python->executable));
  text += findings.empty() ? "\nnothing was found that distorts measurements\n" : "\nfindings\n";
  for (const Finding& finding : findings)
    text += fmt::format("  {}: {}\n{:11}{}\n", finding.serious ? "serious" : "note   ",
                        finding.what, "", finding.remedy);
  return text;
}

ExitCode doctor() {
  watch_for_interrupts();
  ProgressLine progress(2);
  progress.begin("machine");
  const Machine machine = read_machine("/", cpu_budget());
  const MeasuredCapacity measured = measure_capacity(machine.budget);
  progress.begin("Python");
  const CaseResult python = ask_python(progress);
  progress.clear();
  if (interrupted()) return ExitCode::interrupted;

  std::vector<Finding> findings = findings_of(measured, machine);
  const auto add = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  if (python.python) add(findings_of(*python.python));
  if (python.failure)
    add({{"python", true, 1, fmt::format("Python cannot be used: {}", python.failure->message),
          "see the message above"}});
  add(findings_of(machine));
  print_out(diagnosis(machine, measured, python, findings));
  return std::any_of(findings.begin(), findings.end(), is_serious) ? ExitCode::inconclusive
                                                                   : ExitCode::ok;
}

}  // namespace gilscale
