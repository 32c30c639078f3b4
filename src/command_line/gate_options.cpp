#include "command_line/gate_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "command_line/choices.hpp"
#include "command_line/option_range.hpp"
#include "gilscale/judge/differences.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/number.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<ExitCode, 2> exit_codes{{{
    {ExitCode::ok, "pass"},
    {ExitCode::expectation_failed, "fail"},
}}};

/// The options that every comparison has.
void add_compare_rules(CLI::App& app, RawGate& raw, const char* group) {
  app.add_option("--threshold", raw.threshold,
                 "Versions whose costs differ by at most this percentage count as the same")
      ->capture_default_str()
      ->type_name("PERCENT")
      ->group(group);
  app.add_option("--allow-different", raw.allow_different,
                 fmt::format("Compare even if these differ, a list of: {}, or all",
                             fmt::join(difference_kinds(), ", ")))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST")
      ->group(group);
  app.add_option(
         "--inconclusive", raw.inconclusive,
         "Exit code for undecided expectations and unclear points: pass (0), fail (1), or a "
         "number, as 125 for `git bisect run`")
      ->capture_default_str()
      ->type_name("pass|fail|CODE")
      ->group(group);
}

double parse_threshold(const std::string& text) {
  const bool has_sign = text.ends_with('%');
  const auto percent =
      to_number(std::string_view(text).substr(0, text.size() - (has_sign ? 1 : 0)));
  constexpr double most = 1000;
  if (!percent || !(*percent > 0) || *percent > most)
    throw UsageError(fmt::format("--threshold '{}' is not a percentage above 0, such as 5%", text));
  return *percent / 100;
}

std::set<std::string> parse_allowed(const std::vector<std::string>& words) {
  const auto kinds = difference_kinds();
  std::set<std::string> allowed;
  for (const std::string& word : words) {
    if (word == "all") {
      allowed.insert(kinds.begin(), kinds.end());
      continue;
    }
    if (std::find(kinds.begin(), kinds.end(), word) == kinds.end())
      refuse_choice("--allow-different", word, {kinds.begin(), kinds.end()});
    allowed.insert(word);
  }
  return allowed;
}

ExitCode parse_inconclusive(const std::string& text) {
  if (const auto code = exit_codes.value_of(text)) return *code;
  constexpr double largest = 255;
  const auto number = to_number(text);
  if (!number || *number < 0 || *number > largest || *number != std::floor(*number))
    throw UsageError(fmt::format(
        "--inconclusive '{}' is neither pass nor fail nor an exit code from 0 to 255", text));
  return static_cast<ExitCode>(*number);
}

/// An unset variable of a script must not switch a check off.
std::string named(const char* option, const std::optional<std::string>& value) {
  if (value && value->empty())
    throw UsageError(fmt::format("{} '' is empty; name a path, or leave the option out", option));
  return value.value_or("");
}

}  // namespace

void add_gate(CLI::App& run, RawGate& raw) {
  const char* group = "As a check";
  run.add_option("--expect", raw.expect,
                 "\"WORKLOAD[@THREADS] METRIC OP NUMBER\", as in \"cpp_fib_nogil@2 "
                 "relative_efficiency >= 0.9\"; @max means the largest number of threads; "
                 "without @, all are checked. Exit code 1 if it does not hold. May be repeated")
      ->allow_extra_args(false)
      ->type_name("TEXT")
      ->group(group);
  run.add_option("--baseline", raw.baseline,
                 "A result file to compare with; exit code 1 if something became slower")
      ->type_name("FILE")
      ->group(group);
  run.add_option("--against", raw.against,
                 "Another version, measured alternately with this one and compared: a folder to "
                 "import from, a virtual environment, another working tree, or another gilscale")
      ->type_name("PATH")
      ->group(group);
  run.add_option("--max-budget", raw.max_budget_s,
                 "Seconds for each thread count while something is undecided; by default ten "
                 "times --budget")
      ->type_name("SECONDS")
      ->group(group);
  add_compare_rules(run, raw, group);
}

void add_compare(CLI::App& compare, RawGate& raw, CompareOptions& options) {
  compare.add_option("old", options.before, "The result file of the old version")
      ->required()
      ->type_name("OLD.json");
  compare.add_option("new", options.after, "The result file of the new version")
      ->required()
      ->type_name("NEW.json");
  add_compare_rules(compare, raw, "Options");
}

void parse_gate(const RawGate& raw, const StopRule& stop, GateOptions& gate) {
  for (const std::string& text : raw.expect) gate.expectations.push_back(parse_expectation(text));
  constexpr double times_the_budget = 10;
  gate.max_budget_s = raw.max_budget_s.value_or(times_the_budget * stop.budget_s);
  check_positive("--max-budget", gate.max_budget_s, 864000);
  if (gate.max_budget_s < stop.budget_s)
    throw UsageError(
        fmt::format("--max-budget {} is less than --budget {}; raise it, or leave it out",
                    gate.max_budget_s, stop.budget_s));
  gate.baseline = named("--baseline", raw.baseline);
  gate.against = named("--against", raw.against);
  if (!gate.baseline.empty() && !gate.against.empty())
    throw UsageError(
        "--baseline and --against cannot be combined; choose one: --against if the other version "
        "can still be run");
  parse_rules(raw, gate.rules);
}

void parse_rules(const RawGate& raw, CompareRules& rules) {
  rules.threshold = parse_threshold(raw.threshold);
  rules.allow_different = parse_allowed(raw.allow_different);
  rules.inconclusive = parse_inconclusive(raw.inconclusive);
}

}  // namespace gilscale
