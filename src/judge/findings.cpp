#include "gilscale/judge/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/counted.hpp"

namespace gilscale {
namespace {

using MaybeFinding = std::optional<Finding>;

MaybeFinding quota_finding(const Machine& machine) {
  const auto& quota = machine.budget.quota;
  if (!quota || !machine.budget.quota_period_s()) return std::nullopt;
  return Finding{"quota", false, static_cast<int>(std::floor(quota->cpus)) + 1,
                 fmt::format("the control group allows {:.3g} CPUs of run time, on {}", quota->cpus,
                             counted(machine.budget.topology.cpus(), "CPU")),
                 "raise the limit (docker run --cpus, Kubernetes limits.cpu), or measure no more "
                 "threads than it allows"};
}

MaybeFinding throttling_finding(const Machine& machine) {
  const Throttling& so_far = machine.throttling;
  // A few of the periods since the container started may have been a build.
  if (so_far.periods < 20 || so_far.throttled < 0.05 * so_far.periods) return std::nullopt;
  return Finding{
      "throttled", false, 1,
      fmt::format("the control group ran out of its CPU quota in {:.0f} % of its periods "
                  "so far",
                  100 * so_far.throttled / so_far.periods),
      "raise the limit, or run less alongside the measurement"};
}

MaybeFinding load_finding(const Machine& machine) {
  const int cpus = machine.budget.usable();
  const double load = machine.load.value_or(0);
  if (load < 0.5 * cpus) return std::nullopt;
  return Finding{"load", false, 0,
                 fmt::format("other work is running: the load average is {:.1f} on {}", load,
                             counted(cpus, "CPU")),
                 "stop it or wait; figures stay correct alongside it, but need a larger --budget"};
}

MaybeFinding sibling_finding(const Machine& machine) {
  const Topology& topology = machine.budget.topology;
  if (!topology.has_siblings()) return std::nullopt;
  const int cores = static_cast<int>(topology.cores.size());
  return Finding{
      "smt", false, cores + 1,
      fmt::format("{} CPUs are hardware threads of {}: those of a core share its execution units",
                  topology.cpus(), counted(cores, "core")),
      fmt::format("measure at most {}, and use --pin to give each its own core",
                  counted(cores, "thread"))};
}

MaybeFinding slow_core_finding(const Machine& machine) {
  const Topology& topology = machine.budget.topology;
  const int fast = topology.fast_cores();
  const int cores = static_cast<int>(topology.cores.size());
  if (fast == cores) return std::nullopt;
  return Finding{"mixed-cores", false, fast + 1,
                 fmt::format("some cores are slower than others: {} of {}", cores - fast, cores),
                 fmt::format("measure at most {} with --pin, which uses fast cores first",
                             counted(fast, "thread"))};
}

MaybeFinding memory_node_finding(const Machine& machine) {
  const int nodes = machine.budget.topology.numa_nodes();
  if (nodes < 2) return std::nullopt;
  return Finding{
      "numa", false, 2,
      fmt::format("the CPUs belong to {} memory nodes; memory of another node is slower", nodes),
      "--pin fills one node before the next; numactl --cpunodebind=0 --membind=0 keeps "
      "a run on one"};
}

MaybeFinding governor_finding(const Machine& machine) {
  if (!machine.governor || *machine.governor == "performance") return std::nullopt;
  return Finding{
      "governor", false, 0,
      fmt::format("the CPU frequency governor is '{}': clock rates follow the load",
                  *machine.governor),
      "run cpupower frequency-set -g performance; without it, ratios hold but times vary"};
}

MaybeFinding turbo_finding(const Machine& machine) {
  if (!machine.turbo.value_or(false)) return std::nullopt;
  return Finding{
      "turbo", false, 0, "turbo is on: a core may run faster alone than when all cores are busy",
      "switch it off for steadier times; relative efficiency compares with a control that "
      "it affects too"};
}

constexpr std::array machine_findings{quota_finding,    throttling_finding, load_finding,
                                      sibling_finding,  slow_core_finding,  memory_node_finding,
                                      governor_finding, turbo_finding};

/// A call that is shorter than this many empty ones is measured with much of the harness in it.
constexpr double short_against_harness = 10;
/// "By orders of magnitude": beyond what noise and a disturbed machine do to a round.
constexpr double orders_of_magnitude = 30;
/// CPUs that a call may keep busy besides its thread before that counts as threads of its own.
constexpr double own_threads_from = 0.25;

/// How much longer than the shortest 1-thread round of a point at least two took, where the control
/// took much the same; the largest over all points. That a thread waited for a CPU is not a change;
/// as the clocks may take too much for waiting, the shortest round is taken as it was.
double largest_change(std::span<const MeasuredPoint> points) {
  double largest = 1;
  for (const MeasuredPoint& each : points) {
    const Samples& samples = each.point.samples;
    if (samples.size() < 2) continue;
    auto longest = ratios(samples.single_undelayed_s, samples.control_single_undelayed_s);
    const auto whole = ratios(samples.single_s, samples.control_single_undelayed_s);
    std::nth_element(longest.begin(), longest.end() - 2, longest.end());
    largest =
        std::max(largest, *(longest.end() - 2) / *std::min_element(whole.begin(), whole.end()));
  }
  return largest;
}

/// Each by its file, since that is what has to be built anew.
Finding finding_of_modules(const GilState& gil, const std::string& label) {
  std::string modules;
  for (const GilModule& each : gil.modules) {
    const std::string of = each.distribution.empty() ? "" : ", of " + each.distribution;
    modules += fmt::format("{}{} ({}{})", modules.empty() ? "" : ", ", each.name, each.file, of);
  }
  const char* const what = enabled_by(gil).empty()
                               ? "the GIL would be switched on if it were not forced off or on"
                               : "the GIL was switched on";
  return {"gil-modules", !enabled_by(gil).empty(), 1,
          fmt::format("{}: {} for {}", label, what, modules),
          "use versions that declare that they need no GIL, or if they are yours and it is true, "
          "declare it: py::mod_gil_not_used() (pybind11), FREE_THREADED (nanobind), "
          "freethreading_compatible (Cython), gil_used = false (PyO3), Py_mod_gil (C)"};
}

}  // namespace

std::vector<Finding> findings_of(const Machine& machine) {
  std::vector<Finding> findings;
  for (const auto finding_of : machine_findings)
    if (MaybeFinding found = finding_of(machine)) findings.push_back(std::move(*found));
  return findings;
}

std::vector<Finding> findings_of(const MeasuredCapacity& measured, const Machine& machine) {
  // Siblings and slow cores never add up to their number; that has findings of its own.
  const double expected = std::min(measured.threads, machine.budget.topology.fast_cores());
  const double quota = machine.budget.quota ? machine.budget.quota->cpus : expected;
  if (measured.threads < 2 || had_its_cores(measured.capacity.high, std::min(expected, quota)))
    return {};
  const char* giver = machine.is_virtual ? "the hypervisor or other work" : "other work";
  return {{"few-cores", true, 2,
           fmt::format("{} threads of plain arithmetic got {:.2f} cores [{:.2f}, {:.2f}]: {} takes "
                       "the rest",
                       measured.threads, measured.capacity.estimate, measured.capacity.low,
                       measured.capacity.high, giver),
           "try again when the machine is idle, or use another one; workloads that compute will be "
           "inconclusive here"}};
}

std::vector<Finding> findings_of(const PythonInfo& python) {
  std::vector<Finding> findings;
  if (python.debug)
    findings.push_back({"debug-python", true, 1,
                        fmt::format("Python {} is a debug build, several times slower, by "
                                    "varying factors",
                                    python.version),
                        "measure with a release build"});
  for (const std::string& hook : python.hooks)
    findings.push_back({"hook", true, 1, fmt::format("{}, which slows Python code down", hook),
                        "switch it off for the measurement"});
  return findings;
}

std::vector<Finding> findings_of(const GilState& gil, const std::string& label) {
  if (gil.modules.empty()) return {};
  return {finding_of_modules(gil, label)};
}

std::vector<Finding> findings_of(const CaseResult& result, std::span<const MeasuredPoint> points) {
  std::vector<Finding> findings;
  if (points.empty()) return findings;
  const std::string label = label_of(result.planned);
  const double call_s = points.front().figures.single_call_s.estimate;
  const double empty_call_s = result.python ? result.python->empty_call_s : 0;
  if (call_s < short_against_harness * empty_call_s)
    findings.push_back(
        {"short-call", false, 1,
         fmt::format("{}: a call takes {:.0f} ns, of which gilscale's own loop is about {:.0f} ns; "
                     "this is not subtracted",
                     label, call_s * 1e9, empty_call_s * 1e9),
         "do more work in each call"});
  if (const double change = largest_change(points); change > orders_of_magnitude)
    findings.push_back(
        {"changing-cost", true, 1,
         fmt::format("{}: the slowest rounds of the same calls took {:.0f} times as long as the "
                     "fastest",
                     label, change),
         "make every call do the same work; a median says little about calls whose cost varies"});
  if (const double cpus = points.front().point.other_cpus; cpus > own_threads_from)
    findings.push_back(
        {"own-threads", false, 1,
         fmt::format("{}: a call keeps {:.1f} CPUs busy besides its own thread", label, cpus),
         "limit the threads that it starts (for example with OMP_NUM_THREADS=1), or read its "
         "speedup as that of all its threads"});
  for (Finding& each : findings_of(result.gil, label)) findings.push_back(std::move(each));
  const Point& largest = points.back().point;
  if (disturbs_control(largest))
    findings.push_back(
        {"spinning-threads", true, 1,
         fmt::format("{}: threads of its own keep {:.1f} CPUs busy after its calls; they slow the "
                     "control, too, so that nothing is put down to the machine",
                     label, largest.control_other_cpus),
         "make them sleep (for example with OMP_WAIT_POLICY=passive)"});
  return findings;
}

}  // namespace gilscale
