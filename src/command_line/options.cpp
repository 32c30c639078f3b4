#include "gilscale/command_line/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <sstream>

#include "command_line/choices.hpp"
#include "command_line/completions.hpp"
#include "command_line/config_options.hpp"
#include "command_line/examples.hpp"
#include "command_line/exit_codes.hpp"
#include "command_line/gate_options.hpp"
#include "command_line/help.hpp"
#include "command_line/man_page.hpp"
#include "command_line/option_range.hpp"
#include "command_line/report_options.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/thread_list.hpp"
#include "gilscale/report/reporters.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/near_match.hpp"
#include "gilscale/text/number.hpp"
#include "gilscale/text/version.hpp"

namespace gilscale {
namespace {

/// What CLI11 fills in before it has a meaning.
struct Raw {
  RunOptions run;
  SelftestOptions selftest;
  std::string scaling = "weak";
  std::string share = "all";
  std::string gil = "default";
  std::string selftest_threads = "1,2,4,8,16";
  std::string threads = "auto";
  std::string calls = "auto";
  double precision_percent = 2;
  RawGate gate;
  RawGate compare_gate;
  CompareOptions compare;
  ReportOptions report;
  std::string shell;
  std::string benchmark_out;
  std::string benchmark_out_format = "json";
  std::string min_time;
  std::vector<std::string> context;
  std::vector<std::string> params;
  std::optional<std::string> config;
  bool no_config = false;
};

std::vector<std::string> executor_names(bool only_those_in_all) {
  std::vector<std::string> names;
  for (const ExecutorKind& kind : executor_kinds())
    if (kind.in_all || !only_those_in_all) names.emplace_back(kind.name);
  return names;
}

void add_what(CLI::App& run, Raw& raw) {
  run.add_option("workload", raw.run.plan.workloads.names,
                 "What to measure: a name from `gilscale list`, module:callable, "
                 "module:Class.method, file.py:name, or file.py for every function bench_... in "
                 "it; the suite fib if none is given")
      ->type_name("WORKLOAD");
  run.add_option("--args", raw.run.plan.workloads.args,
                 "Arguments of the workload, a Python tuple: \"(1000, 4000)\"")
      ->type_name("TUPLE");
  run.add_option("--kwargs", raw.run.plan.workloads.kwargs,
                 "Keyword arguments, a Python dict: \"{'level': 9}\"")
      ->type_name("DICT");
  run.add_option("-e,--stmt", raw.run.plan.workloads.statement,
                 "A statement to measure, as in timeit; if repeated, one line each")
      ->allow_extra_args(false)
      ->type_name("CODE");
  run.add_option("-s,--setup", raw.run.plan.workloads.setup,
                 "Code that runs once before --stmt, which sees its variables")
      ->allow_extra_args(false)
      ->type_name("CODE");
  run.add_option("--param", raw.params,
                 "A parameter and its values, Python literals: size=1024,65536. Each value is a "
                 "separate case")
      ->allow_extra_args(false)
      ->type_name("NAME=LIST");
  CLI::Option* const share = run.add_option(
      "--share", raw.share,
      "all: the threads share one set of arguments and one run of the set-up code; none: each has "
      "its own; both: measure both, in turns, and show what sharing costs");
  choose_from(share, {"all", "none", "both"})->capture_default_str();
  CLI::Option* const gil = run.add_option(
      "--gil", raw.gil,
      "on, off: switch the GIL of a free-threaded Python on or off, as PYTHON_GIL does; both: "
      "measure both, in turns; default: leave it as it is");
  choose_from(gil, {"default", "on", "off", "both"})->capture_default_str();
  run.add_option("--venv", raw.run.plan.venv,
                 "The virtual environment whose packages are used; by default the active one")
      ->type_name("DIR");
  run.add_option("--python", raw.run.plan.pythons,
                 "The Pythons to measure with, in turns: versions (3.12, 3.14t), interpreters, or "
                 "virtual environments; by default that of --venv")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
  run.add_option("--launcher", raw.run.plan.launchers,
                 "Measure elsewhere: put this before each worker's command (\"ssh host\", "
                 "\"srun -N1 -w node\", \"docker run -i image\", \"taskset -c 0-3\"); the gilscale "
                 "there is the one on PATH, unless the last word names it. If repeated, each is a "
                 "place; `here` is this one")
      ->allow_extra_args(false)
      ->type_name("CMD");
  run.add_option("--path", raw.run.plan.workloads.path,
                 "A folder to import from, before the current one; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
  run.add_option("-n,--fib", raw.run.plan.workloads.fib,
                 fmt::format("The n of the suite fib, 0 to {}", largest_fib))
      ->capture_default_str()
      ->type_name("N");
  run.add_option("-t,--threads", raw.threads,
                 "Thread counts: 1,2,4 or 1-24 or auto, which doubles from 1 up to the CPUs that "
                 "this process may use, and includes the number of cores")
      ->capture_default_str()
      ->type_name("LIST");
  run.add_option(
         "-x,--executor", raw.run.plan.executors,
         fmt::format("What runs the calls, a list of: {}; all: {}",
                     fmt::join(executor_names(false), ", "), fmt::join(executor_names(true), ",")))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST")
      ->default_str(std::string(executor_kinds().front().name));
}

void add_how(CLI::App& run, Raw& raw) {
  run.add_flag("--no-chart", raw.run.outputs.no_chart,
               "On a terminal, leave out the chart below the table");
  CLI::Option* const scaling = run.add_option(
      "--scaling", raw.scaling,
      "weak: each thread makes the same calls, however many threads there are; strong: the same "
      "total of calls, divided among the threads");
  choose_from(scaling, {"weak", "strong"})->capture_default_str();
  run.add_option(
         "--calls", raw.calls,
         "Calls in a round, for each thread (weak scaling) or in total (strong); auto makes "
         "rounds long compared with the clock's resolution and Python's switch interval")
      ->capture_default_str()
      ->type_name("N|auto");
  run.add_option("--budget", raw.run.policy.stop.budget_s,
                 "Seconds for each thread count, including warm-up; half of that for one thread")
      ->capture_default_str()
      ->type_name("SECONDS");
  run.add_option("--precision", raw.precision_percent,
                 "Stop early once the interval is within this many percent")
      ->capture_default_str()
      ->type_name("PERCENT");
  run.add_option("--timeout", raw.run.policy.timeout_s,
                 "Abandon a case that finishes no round within this time")
      ->capture_default_str()
      ->type_name("SECONDS");
  run.add_flag(
      "--why,!--no-why",
      [&raw](std::int64_t asked) {
        raw.run.plan.common.why = asked > 0 ? Why::always : Why::never;
      },
      "Find out where a missing speedup went, by rounds in which every thread keeps account of its "
      "time; by default where a case does not seem to scale. --no-why: never");
  run.add_option("--allocator", raw.run.plan.common.allocator,
                 "Measure with this library in place of the C library's allocator too; by default "
                 "with jemalloc, mimalloc or tcmalloc, if one is installed, where threads are "
                 "slower on their CPUs or wait where nobody saw it")
      ->type_name("LIBRARY");
  run.add_flag(
      "--immortal", raw.run.plan.common.immortal,
      "Measure with what the threads share made immortal, so that nobody counts references "
      "to it; needs a free-threaded Python with its GIL off; by default where sharing "
      "something slows threads down");
  run.add_flag(
      "--latency", raw.run.plan.common.latency,
      "Measure what a thread that wants the GIL once a millisecond waits for it beside the "
      "workload: what an event loop or a user interface feels");
  run.add_flag("--pin", raw.run.plan.common.pin,
               "Bind thread i to the i-th CPU of the plan that `gilscale doctor` shows: one thread "
               "on each core before any core gets a second one, fast cores first");
}

/// --json FILE and its like: one for each reporter that has an option.
void add_files(CLI::App& command, std::vector<OutputRequest>& files) {
  for (const Reporter& row : reporters()) {
    if (row.option.empty()) continue;
    const auto request = [&files, &row](const std::string& path) {
      files.push_back({path, std::string(row.name)});
    };
    command
        .add_option_function<std::string>(fmt::format("--{}", row.option), request,
                                          fmt::format("Write {}", row.summary))
        ->type_name("FILE")
        ->group("Files");
  }
}

void add_benchmark_flags(CLI::App& run, Raw& raw) {
  const std::vector<std::string> formats{"console", "json", "csv"};
  const char* group = "Google Benchmark flags";
  choose_from(run.add_option("--benchmark_format", raw.run.outputs.format,
                             "Print this instead of the table"),
              formats)
      ->group(group);
  run.add_option("--benchmark_out", raw.benchmark_out, "Also write the results to this file")
      ->type_name("FILE")
      ->group(group);
  choose_from(run.add_option("--benchmark_out_format", raw.benchmark_out_format,
                             "Format of --benchmark_out"),
              formats)
      ->capture_default_str()
      ->group(group);
  run.add_option("--benchmark_filter", raw.run.plan.filter,
                 "Only benchmarks whose names match this regular expression; a leading '-' negates")
      ->type_name("REGEX")
      ->group(group);
  run.add_option("--benchmark_repetitions", raw.run.plan.common.repetitions,
                 "Measure each benchmark N times")
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  run.add_option(
         "--benchmark_min_time", raw.min_time,
         "Sample until N-thread rounds add up to this many seconds (2 or 2s), or take exactly "
         "this many samples (10x)")
      ->type_name("TIME")
      ->group(group);
  run.add_option("--benchmark_context", raw.context, "Add key=value,... to the results' context")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  run.add_flag("--benchmark_list_tests", raw.run.list_tests,
               "Print the names of the benchmarks and stop")
      ->configurable(false)
      ->group(group);
}

void add_config(CLI::App& run, Raw& raw) {
  CLI::Option* config = run.add_option(
      "--config", raw.config,
      "Read options from this TOML file instead of ./gilscale.toml: its keys are the options' "
      "long names, and `workloads` for WORKLOAD; the command line takes precedence");
  config->configurable(false)->type_name("FILE");
  run.add_flag("--no-config", raw.no_config, "Read no configuration file")
      ->configurable(false)
      ->excludes(config);
}

void add_selftest(CLI::App& selftest, Raw& raw) {
  selftest.add_option("-t,--threads", raw.selftest_threads, "Thread counts: 1,2,4 or 1-24 or auto")
      ->capture_default_str()
      ->type_name("LIST");
  selftest.add_flag(
      "--quick", raw.selftest.quick,
      "Only calls of 5 ms (2.5 minutes); otherwise also calls of 1 and 20 ms (8 minutes)");
}

void add_doctor(CLI::App& doctor, DoctorOptions& options) {
  doctor
      .add_option("module", options.modules,
                  "A module to import: does it, or what it imports, switch the GIL of a "
                  "free-threaded Python on?")
      ->type_name("MODULE");
  doctor
      .add_option("--python", options.pythons,
                  "The Pythons to look at: versions (3.12, 3.14t), interpreters, or virtual "
                  "environments; by default that of --venv")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
  doctor
      .add_option("--venv", options.venv,
                  "The virtual environment whose packages are used; by default the active one")
      ->type_name("DIR");
}

void add_pythons(CLI::App& add_python, AddPythonOptions& options) {
  add_python
      .add_option("python", options.pythons,
                  "A Python to measure with: an interpreter, a virtual environment, or a version "
                  "(3.12, 3.14t)")
      ->type_name("PYTHON")
      ->required();
  add_python.footer(
      "Compiles what gilscale needs for this Python, which takes a minute, a C++ compiler (CXX, "
      "or c++ on PATH) and the Python's headers. The result goes next to gilscale or, where nobody "
      "may write there, to $XDG_DATA_HOME/gilscale.");
}

void add_completions(CLI::App& completions, std::string& shell) {
  std::vector<std::string> names;
  for (const CompletedShell& each : completed_shells()) names.emplace_back(each.name);
  choose_from(completions.add_option("shell", shell, "The shell that reads the script"), names)
      ->required();
}

/// Either names the Python.
void refuse_two_pythons(const std::string& venv, const std::vector<std::string>& pythons) {
  if (!venv.empty() && !pythons.empty())
    throw UsageError("--python and --venv cannot be combined; name the environment with --python");
}

std::optional<std::int64_t> parse_calls(const std::string& text) {
  if (text == "auto") return std::nullopt;
  const auto calls = to_number(text);
  constexpr double most = 1e12;
  if (!calls || *calls < 1 || *calls > most || *calls != std::floor(*calls))
    throw UsageError(fmt::format("--calls '{}' is neither a positive whole number nor auto", text));
  return static_cast<std::int64_t>(*calls);
}

void parse_min_time(const std::string& text, StopRule& rule) {
  if (text.empty()) return;
  const char unit = text.back();
  const bool has_unit = unit == 's' || unit == 'x';
  const auto value = to_number(std::string_view(text).substr(0, text.size() - (has_unit ? 1 : 0)));
  const bool whole = value && *value == std::floor(*value);
  if (!value || !(*value > 0) || *value > 1e9 || (unit == 'x' && !whole))
    throw UsageError(fmt::format(
        "--benchmark_min_time '{}' is neither seconds (0.5 or 0.5s) nor samples (10x)", text));
  if (unit == 'x')
    rule.exactly = static_cast<std::int64_t>(*value);
  else
    rule.at_least_s = *value;
}

std::map<std::string, std::string> parse_context(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> context;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError(
          fmt::format("--benchmark_context '{}' is not of the form key=value,...", pair));
    context[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return context;
}

void parse_workloads(WorkloadOptions& workloads, const std::vector<std::string>& params) {
  if (!workloads.setup.empty() && workloads.statement.empty())
    throw UsageError(
        "--setup is for --stmt; add --stmt CODE, or put a setup function into a file.py");
  for (const std::string& text : params)
    workloads.params = overridden(std::move(workloads.params), {parse_axis(text)});
  for (std::string& folder : workloads.path) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
      throw UsageError(fmt::format("--path '{}' is not a folder; check the path", folder));
    folder = std::filesystem::absolute(folder).string();
  }
}

/// The executors that were named; UsageError for one that there is not.
std::vector<std::string> named_executors(const std::vector<std::string>& chosen) {
  const std::vector<std::string> names = executor_names(false);
  std::vector<std::string> named;
  for (const std::string& name : chosen) {
    if (name == "all") {
      for (std::string& each : executor_names(true)) named.push_back(std::move(each));
      continue;
    }
    if (std::find(names.begin(), names.end(), name) == names.end())
      refuse_choice("--executor", name, names);
    named.push_back(name);
  }
  if (named.empty()) named.emplace_back(executor_kinds().front().name);
  return named;
}

std::vector<int> thread_counts(const std::string& text,
                               const std::function<std::vector<int>()>& auto_threads) {
  return text == "auto" ? auto_threads() : parse_thread_list(text);
}

SelftestOptions selftest_options(Raw raw, const std::function<std::vector<int>()>& auto_threads) {
  SelftestOptions selftest = std::move(raw.selftest);
  selftest.threads = thread_counts(raw.selftest_threads, auto_threads);
  return selftest;
}

void finish_plan(const Raw& raw, PlanOptions& plan,
                 const std::function<std::vector<int>()>& auto_threads) {
  parse_workloads(plan.workloads, raw.params);
  plan.executors = named_executors(plan.executors);
  refuse_two_pythons(plan.venv, plan.pythons);
  plan.gils = raw.gil == "both" ? std::vector{GilMode::on, GilMode::off}
                                : std::vector{gil_mode_of(raw.gil)};
  plan.shares = raw.share == "both" ? std::vector{Sharing::all, Sharing::none}
                                    : std::vector{sharing_of(raw.share)};
  plan.auto_threads = raw.threads == "auto";
  plan.common.threads = thread_counts(raw.threads, auto_threads);
  plan.common.scaling = scaling_of(raw.scaling);
  plan.common.calls = parse_calls(raw.calls);
  plan.common.may_grow = !plan.common.calls;
  const int repetitions = plan.common.repetitions;
  if (repetitions < 1 || repetitions > 1000)
    throw UsageError(
        fmt::format("--benchmark_repetitions {} is out of range; choose 1 to 1000", repetitions));
}

void finish_policy(const Raw& raw, PolicyOptions& policy) {
  check_positive("--budget", policy.stop.budget_s, 86400);
  check_positive("--precision", raw.precision_percent, 100);
  check_positive("--timeout", policy.timeout_s, 864000);
  policy.stop.precision = raw.precision_percent / 100;
  parse_min_time(raw.min_time, policy.stop);
  parse_gate(raw.gate, policy.stop, policy.gate);
}

void finish_outputs(const Raw& raw, OutputOptions& outputs) {
  outputs.context = parse_context(raw.context);
  if (!raw.benchmark_out.empty())
    outputs.files.push_back(
        {raw.benchmark_out, std::string(benchmark_reporter(raw.benchmark_out_format).name)});
}

/// Some metrics need rounds of their own.
void ask_for(const std::vector<Expectation>& expectations, Case& common) {
  for (const Expectation& expectation : expectations) {
    const Metric* const metric = find_metric(expectation.metric);
    if (!metric) continue;
    if (metric->measured == Measured::by_latency_round) common.latency = true;
    if (metric->measured != Measured::by_ledger_pair) continue;
    if (common.why == Why::never)
      throw UsageError(fmt::format(
          "--expect '{}' is about the account that threads keep of their time; leave out --no-why",
          expectation.text));
    common.why = Why::always;
  }
}

RunOptions run_options(Raw raw, const std::function<std::vector<int>()>& auto_threads) {
  RunOptions run = std::move(raw.run);
  finish_plan(raw, run.plan, auto_threads);
  finish_policy(raw, run.policy);
  ask_for(run.policy.gate.expectations, run.plan.common);
  finish_outputs(raw, run.outputs);
  return run;
}

/// Whether the command line gives one of them.
bool gives_any(const CLI::App& run, std::initializer_list<const char*> options) {
  return std::any_of(options.begin(), options.end(),
                     [&](const char* name) { return run.get_option(name)->count() > 0; });
}

/// The same as run_options() with the configuration file, which `app` still has to take in.
RunOptions configured_run(CLI::App& app, Raw& raw,
                          const std::function<std::vector<int>()>& auto_threads,
                          const FileReader& read_file) {
  Config config = raw.no_config ? Config{} : read_config(raw.config, read_file);
  const bool chooses_workloads = gives_any(app, {"workload", "--stmt", "--benchmark_filter"});
  const bool chooses_points = gives_any(app, {"--threads", "--executor", "--python", "--venv"});
  apply_config(app, config);
  try {
    RunOptions run = run_options(std::move(raw), auto_threads);
    const bool in_file = config.gives("expect");
    run.policy.gate.may_name_others = in_file && chooses_workloads;
    run.policy.gate.may_be_unmatched = in_file && (chooses_workloads || chooses_points);
    return run;
  } catch (const UsageError& error) {
    throw located(error, config);
  }
}

std::string exit_codes_line() {
  std::vector<std::string> codes;
  for (const ExitCodeMeaning& row : exit_code_meanings)
    codes.push_back(fmt::format("{} {}", static_cast<int>(row.code), row.brief));
  return fmt::format("Exit codes: {}.", fmt::join(codes, ", "));
}

/// Help and version come out of CLI11 as exceptions; `exit` renders them.
std::string rendered(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream text;
  app.exit(error, text, text);
  return text.str();
}

/// What `gilscale work.py` means.
bool looks_like_workload(std::string_view word) {
  return word.ends_with(".py") || word.find(':') != word.npos;
}

/// CLI11 only says that a command is missing when there is one that it does not know.
void refuse_unknown_command(const CLI::App& app, std::string_view word) {
  if (word.empty() || word.starts_with('-')) return;
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  if (std::find(commands.begin(), commands.end(), word) != commands.end()) return;
  const std::string otherwise = looks_like_workload(word)
                                    ? fmt::format("; to measure it: gilscale run {}", word)
                                    : "; see `gilscale --help`";
  throw UsageError(
      fmt::format("there is no command '{}'{}", word, did_you_mean(word, commands, otherwise)));
}

/// Of a command without an argument that it needs: how it is called.
void refuse_missing_arguments(const CLI::App& command) {
  std::string usage = command.get_name();
  bool is_missing = false;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_required()) continue;
    is_missing = is_missing || option->count() == 0;
    if (!option->get_positional()) usage += fmt::format(" {}", option->get_name());
    usage += fmt::format(" {}", option->get_type_name());
  }
  if (is_missing)
    throw UsageError(fmt::format("an argument is missing: gilscale {}; see `gilscale {} --help`",
                                 usage, command.get_name()));
}

/// The first option that the command does not have, where it is like one that it has.
void refuse_unknown_option(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  for (const std::string& word : command.remaining()) {
    const std::string option = word.substr(0, word.find('='));
    const std::string near = option.starts_with("--") ? did_you_mean(option, names) : "";
    if (!near.empty())
      throw UsageError(
          fmt::format("gilscale {} has no option {}{}", command.get_name(), option, near));
  }
}

[[noreturn]] void refuse(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) throw UsageError(fmt::format("{}; see `gilscale --help`", error.what()));
  const CLI::App& command = *chosen.front();
  if (dynamic_cast<const CLI::RequiredError*>(&error)) refuse_missing_arguments(command);
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) refuse_unknown_option(command);
  throw UsageError(fmt::format("{}; see `gilscale {} --help`", error.what(), command.get_name()));
}

/// CLI11 shows how a flag is switched off as "--no-why{false}".
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    constexpr std::string_view switched_off = "{false}";
    if (const std::size_t at = name.find(switched_off); at != name.npos)
      name.erase(at, switched_off.size());
    return name;
  }
};

}  // namespace

Options parse_options(int argc, const char* const* argv,
                      const std::function<std::vector<int>()>& auto_threads,
                      const FileReader& read_file) {
  CLI::App app(
      "Measures how a callable scales when several Python threads run it, and what stops it.",
      "gilscale");
  app.set_version_flag("--version", fmt::format("gilscale {}", version));
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  Raw raw;
  CLI::App* run = app.add_subcommand("run", "Measure workloads and report how they scale");
  add_what(*run, raw);
  add_how(*run, raw);
  add_gate(*run, raw.gate);
  add_files(*run, raw.run.outputs.files);
  add_benchmark_flags(*run, raw);
  CLI::App* compare = app.add_subcommand("compare", "Compare the results of two versions");
  add_compare(*compare, raw.compare_gate, raw.compare);
  add_files(*compare, raw.compare.files);
  add_config(*run, raw);
  run->footer(examples_of("run"));
  CLI::App* report = app.add_subcommand("report", "Draw result files: a page, or a single chart");
  add_report(*report, raw.report);
  report->footer(examples_of("report"));
  CLI::App* list = app.add_subcommand("list", "Show workloads, executors, reporters, interpreters");
  CLI::App* add_python =
      app.add_subcommand("add-python", "Make a plug-in, to measure with one more Python");
  AddPythonOptions add_python_options;
  add_pythons(*add_python, add_python_options);
  CLI::App* doctor = app.add_subcommand(
      "doctor", "Show the available CPUs, and what distorts measurements on this machine");
  DoctorOptions doctor_options;
  add_doctor(*doctor, doctor_options);
  CLI::App* selftest = app.add_subcommand(
      "selftest",
      "Measure workloads whose scaling is known, and show how accurate the figures are");
  add_selftest(*selftest, raw);
  CLI::App* completions = app.add_subcommand("completions", "Print completions for a shell");
  add_completions(*completions, raw.shell);
  CLI::App* man = app.add_subcommand("man", "Print the manual page, for `man -l -`");
  CLI::App* worker = app.add_subcommand("worker", "");
  worker->group("");
  WorkerOptions worker_options;
  worker->add_flag("--supervised", worker_options.supervised);
  worker->add_flag("--member", worker_options.member);
  worker->add_flag("--at-place", worker_options.at_place);
  worker->add_flag("--describe", worker_options.describe);
  app.footer(exit_codes_line());
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answered) {
    return Answer{rendered(app, answered)};
  } catch (const CLI::ParseError& error) {
    refuse_unknown_command(app, argc > 1 ? argv[1] : "");
    refuse(app, error);
  }
  if (worker->parsed()) return worker_options;
  if (compare->parsed()) {
    parse_rules(raw.compare_gate, raw.compare.rules);
    return std::move(raw.compare);
  }
  if (report->parsed()) return std::move(raw.report);
  if (completions->parsed()) return Answer{completions_for(raw.shell, help_of(app))};
  if (man->parsed()) return Answer{man_page(help_of(app), man_page_date())};
  if (list->parsed()) return ListOptions{};
  if (add_python->parsed()) return add_python_options;
  if (doctor->parsed()) {
    refuse_two_pythons(doctor_options.venv, doctor_options.pythons);
    return doctor_options;
  }
  if (selftest->parsed()) return selftest_options(std::move(raw), auto_threads);
  RunOptions options = configured_run(*run, raw, auto_threads, read_file);
  options.outputs.command = {"gilscale"};
  options.outputs.command.insert(options.outputs.command.end(), argv + 1, argv + argc);
  return options;
}

}  // namespace gilscale
