#include "gilscale/commands/compare.hpp"

#include <fmt/format.h>

#include "commands/gate.hpp"
#include "gilscale/judge/differences.hpp"
#include "gilscale/model/result_file.hpp"
#include "gilscale/report/output_files.hpp"
#include "gilscale/report/reporters.hpp"
#include "gilscale/report/standard_output.hpp"

namespace gilscale {
namespace {

/// Benchmarks of any program, by their names.
Changes changes_of_times(const ResultFile& before, const ResultFile& after, ChangeRule rule) {
  Changes changes;
  changes.threshold = rule.threshold;
  for (const auto& [name, times] : before.times_s)
    if (!after.times_s.contains(name)) changes.only_before.push_back(name);
  for (const auto& [name, times] : after.times_s)
    if (!before.times_s.contains(name)) changes.only_after.push_back(name);
  rule.points = std::max<std::size_t>(before.times_s.size() - changes.only_before.size(), 1);
  for (const auto& [name, times] : after.times_s) {
    const auto old_times = before.times_s.find(name);
    if (old_times != before.times_s.end())
      changes.points.push_back(change_of_times(name, old_times->second, times, rule));
  }
  correct_p(changes);
  return changes;
}

}  // namespace

Report compared(const CompareOptions& options) {
  const ResultFile before = read_result_file(options.before);
  const ResultFile after = read_result_file(options.after);
  auto differences =
      differences_between({before.context, before.cases}, {after.context, after.cases});
  refuse_differences(differences, options.rules.allow_different, options.before);
  const ChangeRule rule{options.rules.threshold};
  Report report;
  report.context = after.context;
  report.changes = before.is_gilscale && after.is_gilscale
                       ? changes_between(before.cases, after.cases, rule)
                       : changes_of_times(before, after, rule);
  report.changes->before = options.before;
  report.changes->how = "compare";
  report.changes->differences = std::move(differences);
  if (report.changes->points.empty())
    throw UsageError(
        fmt::format("'{}' and '{}' have no measured benchmark in common; name two "
                    "results of the same workloads",
                    options.before, options.after));
  return report;
}

ExitCode compare(const CompareOptions& options) {
  const OutputFiles files(options.files);
  const Report report = compared(options);
  const bool written = files.write(report);
  print_out(reporters().front().render(report, style_of_stdout()));
  annotate(report);
  return exit_code_with_files(exit_code_of_gate(report, options.rules.inconclusive), written);
}

}  // namespace gilscale
