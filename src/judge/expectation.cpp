#include "gilscale/judge/expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "gilscale/judge/metric.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/near_match.hpp"
#include "gilscale/text/number.hpp"
#include "gilscale/text/trimmed.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& what) {
  throw UsageError(
      fmt::format("--expect '{}': {}; the form is \"WORKLOAD[@THREADS] METRIC OP NUMBER\", as in "
                  "\"cpp_fib_nogil@2 relative_efficiency >= 0.9\"",
                  text, what));
}

constexpr Words<Relation, 4> relations{{{
    {Relation::at_least, ">="},
    {Relation::more, ">"},
    {Relation::at_most, "<="},
    {Relation::less, "<"},
}}};

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : point_metrics()) names.emplace_back(metric.name);
  for (const CaseMetric& metric : case_metrics()) names.emplace_back(metric.name);
  return names;
}

/// Takes the relation and the number off the end of `rest`.
void take_relation(Expectation& expectation, std::string_view& rest) {
  const std::size_t end = rest.find_last_of("<>=");
  if (end == rest.npos) refuse(expectation.text, "it contains none of >= > <= <");
  const std::string_view number = trimmed(rest.substr(end + 1));
  const auto bound = to_number(number);
  if (!bound || !std::isfinite(*bound))
    refuse(expectation.text, fmt::format("'{}' is not a number", number));
  expectation.bound = *bound;
  std::size_t begin = end;
  while (begin > 0 && std::string_view("<>=!").find(rest[begin - 1]) != std::string_view::npos)
    --begin;
  const std::string_view word = rest.substr(begin, end - begin + 1);
  const auto relation = relations.value_of(word);
  if (!relation) refuse(expectation.text, fmt::format("'{}' is not one of >= > <= <", word));
  expectation.relation = *relation;
  rest = trimmed(rest.substr(0, begin));
}

void take_metric(Expectation& expectation, std::string_view& rest) {
  const std::size_t blank = rest.find_last_of(" \t");
  if (blank == rest.npos) refuse(expectation.text, "a workload or a metric is missing");
  expectation.metric = rest.substr(blank + 1);
  rest = trimmed(rest.substr(0, blank));
  if (find_metric(expectation.metric) || find_case_metric(expectation.metric)) return;
  const std::vector<std::string> names = metric_names();
  refuse(expectation.text,
         fmt::format("there is no metric '{}'{}", expectation.metric,
                     did_you_mean(expectation.metric, names,
                                  fmt::format("; the metrics are {}", fmt::join(names, ", ")))));
}

void take_threads(Expectation& expectation, std::string_view& rest) {
  const std::size_t at = rest.rfind('@');
  if (at == rest.npos) return;
  const std::string_view threads = rest.substr(at + 1);
  // An @ in the arguments of a label: "mail/'a@b.c'".
  if (threads.find_first_of("'\"()[]{}") != threads.npos) return;
  constexpr double most = 1e6;
  const auto number = to_number(threads);
  expectation.at_max = threads == "max";
  if (number && *number >= 1 && *number <= most && *number == std::floor(*number))
    expectation.threads = static_cast<int>(*number);
  else if (!expectation.at_max)
    refuse(expectation.text, fmt::format("'@{}' is neither a number of threads nor @max", threads));
  if (find_case_metric(expectation.metric))
    refuse(expectation.text, fmt::format("{} describes all thread counts together; leave '@{}' out",
                                         expectation.metric, threads));
  rest = trimmed(rest.substr(0, at));
}

/// Whether a Python's name may begin so: "3.14t", "3.1?", "*t".
bool begins_like_python(std::string_view name) {
  return name.starts_with("3.") || name.starts_with('*');
}

/// A label may end with a list as well, but an argument never stands directly before one.
void take_interpreter(Expectation& expectation, std::string_view& rest) {
  const std::size_t open = rest.rfind('[');
  if (!rest.ends_with(']') || open == rest.npos || open == 0) return;
  const std::string_view name = rest.substr(open + 1, rest.size() - open - 2);
  if (!begins_like_python(name)) return;
  if (std::string_view("/, =([{:").find(rest[open - 1]) != std::string_view::npos) return;
  expectation.interpreter = name;
  rest = trimmed(rest.substr(0, open));
}

/// As a shell's pattern, but brackets stand for themselves: arguments in labels have them.
bool matches(const std::string& pattern, const std::string& name) {
  if (pattern == name) return true;
  std::string escaped;
  for (const char c : pattern) {
    if (c == '[' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return fnmatch(escaped.c_str(), name.c_str(), 0) == 0;
}

std::vector<std::string> names_of(const Case& planned) {
  return {planned.workload.name, label_of(planned.workload), label_of(planned)};
}

bool names_interpreter(const Expectation& expectation, const Case& planned) {
  return expectation.interpreter.empty() || matches(expectation.interpreter, planned.interpreter);
}

bool names_workload(const Expectation& expectation, const Case& planned) {
  if (!names_interpreter(expectation, planned)) return false;
  const std::vector<std::string> names = names_of(planned);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return matches(expectation.workload, name); });
}

/// Says why an expectation that names a workload is about none of its points.
[[noreturn]] void refuse_points(const Expectation& expectation, const Case& planned) {
  const bool of_scaling = find_metric(expectation.metric)->of_scaling;
  if (expectation.threads && (*expectation.threads > 1 || !of_scaling))
    throw UsageError(fmt::format(
        "--expect '{}': '{}' is measured with --threads {}; add {} to that list", expectation.text,
        planned.workload.name, fmt::join(planned.threads, ","), *expectation.threads));
  throw UsageError(
      fmt::format("--expect '{}': {} has no meaning at one thread; add more with --threads",
                  expectation.text, expectation.metric));
}

/// Where it names a Python that is not measured.
void refuse_interpreter(const Expectation& expectation, const std::vector<Case>& cases) {
  if (expectation.interpreter.empty()) return;
  std::set<std::string> names;
  for (const Case& planned : cases) {
    if (names_interpreter(expectation, planned)) return;
    if (!planned.interpreter.empty()) names.insert(planned.interpreter);
  }
  throw UsageError(
      fmt::format("--expect '{}': no Python '{}' is measured, only {}; add it with "
                  "--python",
                  expectation.text, expectation.interpreter, fmt::join(names, ", ")));
}

[[noreturn]] void refuse_workload(const Expectation& expectation, const std::vector<Case>& cases) {
  std::vector<std::string> names;
  for (const Case& planned : cases)
    for (std::string& name : names_of(planned)) names.push_back(std::move(name));
  const std::string first =
      names.empty() ? "" : fmt::format("; the first one measured is '{}'", names.front());
  throw UsageError(fmt::format("--expect '{}': no workload '{}' is measured{}", expectation.text,
                               expectation.workload,
                               did_you_mean(expectation.workload, names, first)));
}

}  // namespace

std::string_view to_string(Relation relation) { return relations.word_of(relation); }

Expectation parse_expectation(std::string_view text) {
  Expectation expectation;
  expectation.text = text;
  std::string_view rest = trimmed(text);
  take_relation(expectation, rest);
  take_metric(expectation, rest);
  take_interpreter(expectation, rest);
  take_threads(expectation, rest);
  expectation.workload = rest;
  if (rest.empty()) refuse(text, "it names no workload");
  return expectation;
}

std::string warning_of(const Expectation& expectation) {
  const Metric* metric = find_metric(expectation.metric);
  if (!metric || !metric->absolute) return "";
  return fmt::format(
      "--expect '{}' depends on absolute time, which changes with the machine and its load; use "
      "relative_efficiency, relative_call or relative_throughput, which do not",
      expectation.text);
}

bool applies_to(const Expectation& expectation, const Case& planned) {
  if (!names_workload(expectation, planned)) return false;
  if (find_case_metric(expectation.metric)) return true;
  return std::any_of(planned.threads.begin(), planned.threads.end(),
                     [&](int threads) { return applies_to(expectation, planned, threads); });
}

bool applies_to(const Expectation& expectation, const Case& planned, int threads) {
  const Metric* metric = find_metric(expectation.metric);
  if (!metric || !names_workload(expectation, planned)) return false;
  if (threads == 1 && metric->of_scaling) return false;
  if (expectation.at_max) return threads == planned.threads.back();
  return !expectation.threads || *expectation.threads == threads;
}

bool matches_nothing(const Expectation& expectation, const std::vector<Case>& cases) {
  return std::none_of(cases.begin(), cases.end(),
                      [&](const Case& planned) { return applies_to(expectation, planned); });
}

bool names_any(const Expectation& expectation, const std::vector<Case>& cases) {
  return std::any_of(cases.begin(), cases.end(),
                     [&](const Case& planned) { return names_workload(expectation, planned); });
}

void refuse_unmatched(const Expectation& expectation, const std::vector<Case>& cases) {
  for (const Case& planned : cases)
    if (names_workload(expectation, planned)) refuse_points(expectation, planned);
  refuse_interpreter(expectation, cases);
  refuse_workload(expectation, cases);
}

}  // namespace gilscale
