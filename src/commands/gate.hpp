#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/judge/report.hpp"
#include "gilscale/model/result_file.hpp"
#include "gilscale/model/version_source.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// Sampling goes on for as many times the budget while the verdict is open: calls that are long
/// against the budget have few samples in it. One may take as much again of what the others of the
/// run leave over.
inline constexpr double times_the_budget_for_verdicts = 3.5;

/// What the points of a run with several threads may spend together on open verdicts.
class VerdictBudget {
 public:
  explicit VerdictBudget(const std::vector<Case>& cases);
  /// A point has spent so much by now.
  void note(std::size_t party, int threads, double spent_s) {
    spent_s_[{party, threads}] = spent_s;
  }
  [[nodiscard]] bool is_left() const;

 private:
  double all_s_ = 0;
  std::map<std::pair<std::size_t, int>, double> spent_s_;  ///< by party and threads
};

/// What a run is compared with: expectations, a baseline, another version. It decides while samples
/// come in whether more of them are needed, and in the end what came of it.
///
/// Create one, prepare() the cases, have a party_of() each measured, answer() the workers'
/// questions and judge() each case.
class Gate {
 public:
  /// What is known of the Pythons that cases run in, by place and executable.
  using Pythons = std::map<std::pair<std::string, std::string>, PythonInfo>;

  /// Reads the baseline, finds the other version. Throws UsageError.
  Gate(GateOptions options, Pythons pythons);

  /// A place cannot be reached, so expectations may be about what is not measured. Before
  /// prepare().
  void allow_unmatched() { options_.may_be_unmatched = options_.may_name_others = true; }

  /// Tells the cases what the gate needs of them. Throws UsageError where an expectation is about
  /// none of them, or the baseline cannot be compared with them. `context` is what is known of this
  /// machine.
  void prepare(std::vector<Case>& cases, const nlohmann::json& context);

  /// Those that are about what is measured; once the cases are prepared.
  [[nodiscard]] const std::vector<Expectation>& expectations() const {
    return options_.expectations;
  }

  /// The workers that measure a case. Where there is another version, they are several launches of
  /// both: old, new, old, new and so on.
  [[nodiscard]] Party party_of(const Case& planned) const;
  /// So many of them take a sample directly after one another.
  [[nodiscard]] std::size_t together() const { return sources_.empty() ? 1 : 2; }
  /// Why the workers of a party stop sampling a point, or nothing to go on. `may_take_more`: of the
  /// VerdictBudget.
  [[nodiscard]] std::optional<StopReason> answer(std::span<const AskingWorker> party,
                                                 bool may_take_more = false) const;
  /// Adds a case to the report, with what is decided of it: the results of its party.
  void judge(std::vector<CaseResult> measured, Report& report) const;

 private:
  [[nodiscard]] std::optional<StopReason> answer(const CaseResult& so_far, const Question& question,
                                                 bool may_take_more) const;
  [[nodiscard]] std::optional<StopReason> answer(const AskingWorker& before,
                                                 const AskingWorker& after) const;
  void judge_alone(CaseResult measured, Report& report) const;
  void drop_unmatched_expectations(const std::vector<Case>& cases);
  /// Each expectation at each point that it is about is a decision.
  void share_error_of_expectations(const std::vector<Case>& cases);
  [[nodiscard]] bool expectations_settled(const CaseResult& so_far, const Point& point) const;
  [[nodiscard]] bool baseline_settled(const CaseResult& so_far, const Point& point) const;
  /// The verdict is open, and there is time for more samples.
  [[nodiscard]] bool verdict_may_settle(const CaseResult& so_far, const Question& question,
                                        bool may_take_more) const;
  [[nodiscard]] std::optional<StopReason> answer(const Question& question, bool settled) const;
  [[nodiscard]] const VersionSource& source_for(const Case& planned) const;
  [[nodiscard]] ChangeRule rule() const;
  [[nodiscard]] Changes blank_changes() const;
  /// The report's last case with that of the old version, null if it has none.
  void compare_last(const CaseResult* before, Report& report) const;

  GateOptions options_;
  Pythons pythons_;
  std::optional<ResultFile> baseline_;
  /// For each Python; empty without --against.
  std::map<std::pair<std::string, std::string>, VersionSource> sources_;
  std::size_t compared_points_ = 1;
};

/// What checks and changes make of the exit code: expectation_failed if one failed or a point is
/// slower, else `inconclusive` if one is open, else ok.
ExitCode exit_code_of_gate(const Report& report, ExitCode inconclusive);

}  // namespace gilscale
