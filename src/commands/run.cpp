#include "gilscale/commands/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

#include "commands/allocators.hpp"
#include "commands/gate.hpp"
#include "commands/immortal_objects.hpp"
#include "commands/run_cases.hpp"
#include "gilscale/judge/findings.hpp"
#include "gilscale/machine/machine.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/method.hpp"
#include "gilscale/report/chart.hpp"
#include "gilscale/report/output_files.hpp"
#include "gilscale/report/progress_board.hpp"
#include "gilscale/report/reporters.hpp"
#include "gilscale/report/standard_output.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/version.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace gilscale {
namespace {

/// A report without cases: about the machine, and what the user adds.
Report empty_report(const Machine& machine, const OutputOptions& options) {
  const CpuBudget& budget = machine.budget;
  Report report;
  report.context["gilscale_version"] = version;
  report.context["method"] = method_version;
  report.context["usable_cpus"] = budget.usable();
  report.context["cpu_budget"] = budget;
  report.context["findings"] = findings_of(machine);
  report.context["command"] = options.command;
  for (const auto& [key, value] : options.context) report.context[key] = value;
  return report;
}

void warn(const std::vector<Finding>& findings, int most_threads, const std::string& place = "") {
  for (const Finding& finding : findings)
    if (finding.from_threads > 0 && finding.from_threads <= most_threads)
      fmt::print(stderr, "gilscale: warning: {}{}; {}\n",
                 place.empty() ? "" : fmt::format("at {}: ", place), finding.what, finding.remedy);
}

/// Of the cases at one place; 0 where none is.
int most_threads_at(const Report& report, const std::string& place, bool is_here) {
  int most = 0;
  for (const JudgedCase& judged : report.cases) {
    const Case& planned = judged.result.planned;
    const bool is_there = is_here ? planned.launcher.empty() : planned.place == place;
    if (is_there && !planned.threads.empty()) most = std::max(most, planned.threads.back());
  }
  return most;
}

/// What the machines elsewhere told of themselves.
void warn_of_places(const Report& report) {
  for (const nlohmann::json& place : report.context.value("places", nlohmann::json::array())) {
    const std::string name = place.value("name", "");
    if (place.contains("findings"))
      warn(place.at("findings").get<std::vector<Finding>>(), most_threads_at(report, name, false),
           name);
  }
}

/// What concerns this run of all that a doctor could say: once, at its end.
void warn_of_what_matters(const Report& report, const Machine& machine) {
  int most_threads = 0;
  std::vector<Finding> of_python;
  for (const JudgedCase& judged : report.cases) {
    const CaseResult& result = judged.result;
    if (result.planned.threads.empty()) continue;
    most_threads = std::max(most_threads, result.planned.threads.back());
    if (!result.python) continue;
    for (Finding& finding : findings_of(*result.python)) {
      const auto same = [&](const Finding& other) { return other.what == finding.what; };
      if (std::none_of(of_python.begin(), of_python.end(), same))
        of_python.push_back(std::move(finding));
    }
  }
  for (const JudgedCase& judged : report.cases) warn(judged.findings, most_threads);
  warn(of_python, most_threads);
  warn(findings_of(machine), most_threads_at(report, "", true));
  warn_of_places(report);
}

bool has_kind(const CaseResult& result, FailureKind kind) {
  return result.failure && result.failure->kind == kind;
}

/// A case that this Python cannot run is not an error; the sentence below the table says so.
bool is_error(const CaseResult& result) {
  return result.failure && !has_kind(result, FailureKind::unavailable);
}

/// Says at once what went wrong; the table comes only at the end.
void complain(const CaseResult& result, std::string_view which = "") {
  const std::optional<Failure>& failure = result.failure;
  if (!failure || !is_error(result)) return;
  // A crash report has been seen already: it came over the worker's standard error.
  const bool raised = failure->kind == FailureKind::exception;
  if (raised) fmt::print(stderr, "{}", failure->details);
  // What the worker says of an exception or of arguments names the workload already.
  const bool named = raised || failure->kind == FailureKind::usage;
  const std::string name = named ? "" : label_of(result.planned) + ": ";
  fmt::print(stderr, "gilscale: {}{}{}\n", name, failure->message, which);
}

void print(const Report& report, const std::string& format) {
  const Reporter& chosen = format.empty() ? reporters().front() : benchmark_reporter(format);
  print_out(chosen.render(report, style_of_stdout()));
}

/// For people: not in files and pipes, and not where another format was asked for.
void print_chart(const Report& report, const OutputOptions& options) {
  if (options.no_chart || !options.format.empty() || isatty(STDOUT_FILENO) != 1) return;
  const bool unicode =
      is_utf8_locale(std::getenv("LC_ALL"), std::getenv("LC_CTYPE"), std::getenv("LANG"));
  const ChartStyle style{.unicode = unicode, .style = style_of_stdout()};
  print_out(speedup_chart(report, style) + stack_chart(report, style));
}

ExitCode exit_code_of(const Report& report, ExitCode inconclusive) {
  const auto any = [&](auto condition) {
    return std::any_of(report.cases.begin(), report.cases.end(), condition) ||
           std::any_of(report.against.begin(), report.against.end(), condition);
  };
  if (interrupted()) return ExitCode::interrupted;
  if (any([](const JudgedCase& judged) { return has_kind(judged.result, FailureKind::usage); }))
    return ExitCode::usage;
  if (any([](const JudgedCase& judged) { return is_error(judged.result); }))
    return ExitCode::workload_failed;
  return exit_code_of_gate(report, inconclusive);
}

ExitCode list_benchmarks(const std::vector<Case>& cases) {
  std::string names;
  for (const Case& planned : cases)
    for (const int threads : planned.threads)
      names += fmt::format("{}\n", reported_name(planned, threads));
  print_out(names);
  return ExitCode::ok;
}

/// Google Benchmark in a worker would take them for its own flags.
void forget_benchmark_variables() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view variable = *entry;
    if (variable.starts_with("BENCHMARK_"))
      names.emplace_back(variable.substr(0, variable.find('=')));
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

/// Of the order in which things are measured. It may be known afterwards, never before.
std::uint32_t drawn_seed() { return std::random_device()(); }

void seed_cases(std::vector<Case>& cases, std::uint32_t seed) {
  for (Case& planned : cases) planned.seed = seed++;
}

void warn_of_expectations(const std::vector<Expectation>& expectations) {
  for (const Expectation& expectation : expectations)
    if (const std::string warning = warning_of(expectation); !warning.empty())
      fmt::print(stderr, "gilscale: warning: {}\n", warning);
}

/// Processes have an allocator each.
bool runs_in_threads(const Case& planned) {
  const ExecutorKind& kind = executor_kind(planned.executor);
  return kind.runs_python && !kind.in_processes;
}

/// Measures all cases in turns, and writes files as they are finished.
class Measurement : public Conductor {
 public:
  /// `unreachable` are cases that cannot be measured, each before that of its number among the
  /// others.
  Measurement(const std::vector<Case>& cases, std::vector<Unreachable> unreachable,
              const Gate& gate, const OutputFiles& files, const Report& blank)
      : gate_(gate),
        files_(files),
        blank_(blank),
        so_far_(blank),
        unreachable_(std::move(unreachable)),
        for_verdicts_(cases),
        board_(cases) {
    for (const Case& planned : cases) parties_.push_back(gate.party_of(planned));
    finished_.resize(cases.size());
  }

  /// Until the cases are finished, the user interrupts, or the command line proves wrong.
  void run(const TurnSettings& settings) {
    try {
      run_in_turns(parties_, settings, *this);
    } catch (const Error& error) {
      const bool any = std::any_of(finished_.begin(), finished_.end(),
                                   [](const auto& results) { return !results.empty(); });
      if (!any) throw;
      board_.print(fmt::format("gilscale: {}\n", error.what()));
      trouble_ = error.code();
    }
    board_.clear();
  }
  /// What kept it from measuring all cases.
  [[nodiscard]] std::optional<ExitCode> trouble() const { return trouble_; }

  void on_turn(std::size_t party) override { board_.on_turn(party); }
  void on_progress(const std::string& text) override { board_.on_progress(text); }
  void on_output(std::string_view text) override { board_.print(text); }

  std::optional<StopReason> stop_reason(std::size_t party,
                                        std::span<const AskingWorker> workers) override {
    const Question& question = workers.back().question;
    if (question.point.threads > 1)
      for_verdicts_.note(party, question.point.threads, question.spent_s);
    const auto reason = gate_.answer(workers, for_verdicts_.is_left());
    board_.on_sample(party, question, reason.has_value());
    return reason;
  }

  void on_finished(std::size_t party, std::vector<CaseResult> results) override {
    finished_.at(party) = results;
    gate_.judge(std::move(results), so_far_);
    board_.clear();
    if (!so_far_.against.empty()) complain(so_far_.against.back().result, " (old version)");
    complain(so_far_.cases.back().result);
    board_.on_finished(party, std::string(to_string(so_far_.cases.back().judgement.verdict)));
    if (has_kind(so_far_.cases.back().result, FailureKind::usage)) return;
    write_if_cheap();
  }

  /// Whether a change helps: another allocator, if there is one; immortal objects.
  void try_changes(const std::optional<std::string>& library, double timeout_s) {
    for (std::vector<CaseResult>& results : finished_) {
      if (results.empty() || interrupted()) continue;
      CaseResult& result = results.back();
      const Case& planned = result.planned;
      if (library)
        try_change(
            results, "--allocator", !planned.allocator.empty(), may_be_slowed_by_allocator,
            [&] { result.points.back().allocator = try_allocator(result, *library, timeout_s); });
      try_change(results, "--immortal", planned.immortal, may_be_slowed_by_counting,
                 [&] { result.points.back().immortal = try_immortal_objects(result, timeout_s); });
    }
  }

  /// In the order of the cases, not that in which they were finished.
  [[nodiscard]] Report report() {
    Report report = blank_;
    auto missing = unreachable_.begin();
    for (std::size_t i = 0; i <= finished_.size(); ++i) {
      for (; missing != unreachable_.end() && missing->before == i; ++missing)
        gate_.judge({gate_.together(), missing->result}, report);
      if (i < finished_.size() && !finished_[i].empty())
        gate_.judge(std::move(finished_[i]), report);
    }
    // A command line that proves wrong leaves the files as they are.
    const bool wrong = std::any_of(
        report.cases.begin(), report.cases.end(),
        [](const JudgedCase& judged) { return has_kind(judged.result, FailureKind::usage); });
    if (!report.cases.empty() && !wrong) written_ = files_.write(report);
    return report;
  }
  /// The last files could be written.
  [[nodiscard]] bool written() const { return written_; }

 private:
  /// A large report takes its time, and grows with every case: a hundredth of the run is for that.
  /// The last one is written in any case.
  void write_if_cheap() {
    using Clock = std::chrono::steady_clock;
    constexpr int share_of_time = 100;
    const Clock::time_point began = Clock::now();
    if (began < next_write_) return;
    written_ = files_.write(so_far_);
    const Clock::time_point ended = Clock::now();
    next_write_ = ended + share_of_time * (ended - began);
  }

  /// `try_it` where it was asked for by `option`, or `is_likely` to help. Cases of several versions
  /// have nothing of the kind.
  static void try_change(const std::vector<CaseResult>& results, const char* option,
                         bool is_asked_for, bool (*is_likely)(const JudgedCase&),
                         const std::function<void()>& try_it) {
    const CaseResult& result = results.back();
    const Case& planned = result.planned;
    if (!is_asked_for && (planned.why == Why::never || !planned.launcher.empty() ||
                          results.size() > 1 || !is_likely(JudgedCase(result))))
      return;
    try {
      if (results.size() > 1) throw WorkloadError("it is not for a comparison of versions");
      if (!planned.launcher.empty()) throw WorkloadError("it is measured elsewhere");
      if (!runs_in_threads(planned)) throw WorkloadError("its calls do not run in one process");
      if (result.failure || result.points.empty()) throw WorkloadError("the case was not measured");
      try_it();
    } catch (const WorkloadError& error) {
      if (is_asked_for && !result.failure)
        fmt::print(stderr, "gilscale: warning: {}: {} was not tried: {}\n", label_of(planned),
                   option, error.what());
    }
  }

  const Gate& gate_;
  const OutputFiles& files_;
  const Report& blank_;
  Report so_far_;
  std::vector<Unreachable> unreachable_;
  std::vector<Party> parties_;
  std::vector<std::vector<CaseResult>> finished_;  ///< by the cases' places
  VerdictBudget for_verdicts_;
  ProgressBoard board_;
  std::optional<ExitCode> trouble_;
  bool written_ = true;
  std::chrono::steady_clock::time_point next_write_{};
};

/// What is shown at the end; nothing where the command line proved wrong at once.
void show(const Report& report, const OutputOptions& options, const Machine& machine) {
  if (report.cases.size() == 1 && has_kind(report.cases.front().result, FailureKind::usage)) return;
  print(report, options.format);
  print_chart(report, options);
  annotate(report);
  warn_of_what_matters(report, machine);
}

}  // namespace

ExitCode run(const RunOptions& options, const std::vector<Plugin>& plugins) {
  watch_for_interrupts();
  const PlanOptions& plan = options.plan;
  std::vector<RunPlace> places = asked_places(plan, plugins);
  if (interrupted()) return ExitCode::interrupted;
  Gate gate(options.policy.gate, infos_of(places));
  std::vector<Case> cases = planned_cases(plan, places, options.policy);
  if (std::any_of(places.begin(), places.end(),
                  [](const RunPlace& place) { return place.failure.has_value(); }))
    gate.allow_unmatched();
  if (options.list_tests) return list_benchmarks(cases);
  const OutputFiles files(options.outputs.files);
  forget_benchmark_variables();
  const Machine machine = read_machine("/", cpu_budget());
  Report blank = empty_report(machine, options.outputs);
  if (!plan.launchers.empty()) blank.context["places"] = document_of(places);
  const std::uint32_t seed = drawn_seed();
  blank.context["seed"] = seed;
  seed_cases(cases, seed);
  gate.prepare(cases, blank.context);
  warn_of_expectations(gate.expectations());
  const std::string& asked_for = plan.common.allocator;
  const auto allocator = asked_for.empty() ? std::nullopt : allocator_to_try(asked_for);
  std::vector<Unreachable> unreachable = take_unreachable(cases, places);
  Measurement measurement(cases, std::move(unreachable), gate, files, blank);
  measurement.run(
      {.timeout_s = options.policy.timeout_s, .seed = seed, .together = gate.together()});
  measurement.try_changes(allocator ? allocator : allocator_to_try(""), options.policy.timeout_s);
  const Report report = measurement.report();
  show(report, options.outputs, machine);
  const ExitCode code = exit_code_of(report, options.policy.gate.rules.inconclusive);
  return exit_code_with_files(measurement.trouble().value_or(code), measurement.written());
}

}  // namespace gilscale
