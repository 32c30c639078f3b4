#include "gilscale/commands/doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <random>
#include <utility>

#include "commands/pythons.hpp"
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

WorkloadOptions least_workload(const std::vector<std::string>& modules) {
  WorkloadOptions workload;
  if (modules.empty()) {
    workload.names = {"release"};
    workload.args = "(0,)";
    return workload;
  }
  for (const std::string& module : modules) workload.setup.push_back("import " + module);
  workload.statement = {"pass"};
  return workload;
}

/// The least that makes a worker tell which Python it is, and what these modules do to its GIL.
CaseResult ask_python(const RunPython& python, const std::vector<std::string>& modules,
                      WorkerListener& listener) {
  Case planned;
  planned.workload = resolve_workloads(least_workload(modules)).front();
  planned.python = python.executable;
  planned.interpreter = python.interpreter;
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
  const Estimate& capacity = measured.capacity;
  const std::string interval =
      std::isfinite(capacity.low)
          ? fmt::format("95 % interval [{:.2f}, {:.2f}]", capacity.low, capacity.high)
          : "in too little time for an interval";
  return fmt::format("{} threads of plain arithmetic got {:.2f} cores, {}", measured.threads,
                     capacity.estimate, interval);
}

/// As `import` takes it: what else there is in a line is not to be run.
void refuse_unless_name(const std::string& module) {
  const auto belongs = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; };
  if (!module.empty() && std::all_of(module.begin(), module.end(), belongs)) return;
  throw UsageError(fmt::format(
      "'{}' is not the name of a module; name one as `import` takes it, like a.b", module));
}

/// Those of a run with these options, that there is none being a finding where none was asked for.
std::vector<RunPython> pythons_of(const DoctorOptions& options) {
  PlanOptions plan;
  plan.executors = {"threads"};
  plan.pythons = options.pythons;
  plan.venv = options.venv;
  if (!options.modules.empty()) plan.workloads.statement = {"pass"};  // their own code
  return run_pythons(plan, installed_plugins());
}

/// What least_workload() raised, without what it is called and what is advised to users of their
/// own: "ModuleNotFoundError: No module named 'codec'". Empty for any other failure.
std::string raised_by_imports(const Failure& failure) {
  constexpr std::string_view before = "cannot be set up: ";
  const std::size_t at = failure.message.find(before);
  if (failure.kind != FailureKind::exception || at == failure.message.npos) return "";
  const std::string raised = failure.message.substr(at + before.size());
  return raised.substr(0, raised.rfind(';'));
}

Finding finding_of(const Failure& failure, const std::string& python,
                   const std::vector<std::string>& modules) {
  if (const std::string raised = raised_by_imports(failure); !raised.empty())
    return {"python", true, 1,
            fmt::format("{} cannot import {}: {}", python, fmt::join(modules, ", "), raised),
            "install what is missing there, or name the right Python with --python or --venv"};
  return {"python", true, 1, fmt::format("{} cannot be used: {}", python, failure.message),
          "try that interpreter by itself, or name another one with --python"};
}

std::vector<Finding> findings_of(const CaseResult& asked, const std::vector<std::string>& modules) {
  const std::string python = "Python " + asked.planned.interpreter;
  if (asked.failure) return {finding_of(*asked.failure, python, modules)};
  std::vector<Finding> findings;
  if (asked.python) findings = gilscale::findings_of(*asked.python);
  for (Finding& each : gilscale::findings_of(asked.gil, python))
    findings.push_back(std::move(each));
  return findings;
}

/// What they do to the GIL, in a phrase; findings say it in full.
std::string said_of(const std::vector<std::string>& modules, const PythonInfo& python,
                    const GilState& gil) {
  const std::string names = fmt::format("{}", fmt::join(modules, ", "));
  if (python.build != "free-threaded")
    return names +
           ": can be imported; only a free-threaded Python tells whether the GIL stays off "
           "(--python 3.14t)";
  if (!gil.modules.empty()) return names + ": see the findings";
  return names + (gil.after_run ? ": would leave the GIL off" : ": the GIL stays off");
}

bool is_serious(const Finding& finding) { return finding.serious; }

}  // namespace

std::string diagnosis(const Machine& machine, const MeasuredCapacity& measured,
                      std::span<const CaseResult> pythons, const std::vector<Finding>& findings,
                      const std::vector<std::string>& modules) {
  std::string text = "this process may use\n";
  text += row("CPUs", describe(machine.budget));
  text += row("auto", fmt::format("--threads {}", fmt::join(machine.budget.thread_counts(), ",")));
  text += row("--pin", fmt::format("threads are bound to CPUs {}, in this order",
                                   fmt::join(machine.budget.topology.pin_order(), " ")));
  text += row("now", describe(measured));
  for (const CaseResult& each : pythons) {
    if (!each.python) continue;
    text += row("Python", fmt::format("CPython {} ({} build), GIL {}: {}", each.python->version,
                                      each.python->build, each.gil.after_run ? "on" : "off",
                                      each.python->executable));
    if (!modules.empty() && !each.failure)
      text += row("", said_of(modules, *each.python, each.gil));
  }
  text += findings.empty() ? "\nnothing was found that distorts measurements\n" : "\nfindings\n";
  for (const Finding& finding : findings)
    text += fmt::format("  {}: {}\n{:11}{}\n", finding.serious ? "serious" : "note   ",
                        finding.what, "", finding.remedy);
  return text;
}

ExitCode doctor(const DoctorOptions& options) {
  watch_for_interrupts();
  for (const std::string& module : options.modules) refuse_unless_name(module);
  const std::vector<RunPython> pythons = pythons_of(options);
  ProgressLine progress(1 + pythons.size());
  progress.begin("machine");
  const Machine machine = read_machine("/", cpu_budget());
  const MeasuredCapacity measured = measure_capacity(machine.budget);
  std::vector<CaseResult> asked;
  for (const RunPython& each : pythons) {
    progress.begin("Python " + each.interpreter);
    asked.push_back(ask_python(each, options.modules, progress));
  }
  progress.clear();
  if (interrupted()) return ExitCode::interrupted;

  std::vector<Finding> findings = findings_of(measured, machine);
  const auto add = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  for (const CaseResult& each : asked) add(findings_of(each, options.modules));
  add(findings_of(machine));
  print_out(diagnosis(machine, measured, asked, findings, options.modules));
  return std::any_of(findings.begin(), findings.end(), is_serious) ? ExitCode::inconclusive
                                                                   : ExitCode::ok;
}

}  // namespace gilscale
