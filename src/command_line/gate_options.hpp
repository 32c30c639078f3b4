#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/command_line/options.hpp"

namespace gilscale {

/// What CLI11 fills in of the options that make a check of a command, before it has a meaning.
struct RawGate {
  std::vector<std::string> expect;
  std::optional<std::string> baseline;
  std::optional<std::string> against;
  std::optional<double> max_budget_s;
  std::string threshold = "5%";
  std::string inconclusive = "4";
  std::vector<std::string> allow_different;
};

/// The options of `gilscale run` that make it a check.
void add_gate(CLI::App& run, RawGate& raw);
/// The arguments and options of `gilscale compare`.
void add_compare(CLI::App& compare, RawGate& raw, CompareOptions& options);

/// Gives what was filled in its meaning; throws UsageError.
void parse_gate(const RawGate& raw, const StopRule& stop, GateOptions& gate);
void parse_rules(const RawGate& raw, CompareRules& rules);

}  // namespace gilscale
