#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gilscale/judge/expectation.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/output_files.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// What turns a comparison of two versions into an answer.
struct CompareRules {
  double threshold = 0.05;                ///< a cost within this share of the other one is the same
  std::set<std::string> allow_different;  ///< kinds of differences that are allowed
  ExitCode inconclusive = ExitCode::inconclusive;  ///< what an open question ends with
};

/// What a run is held against.
struct GateOptions {
  std::vector<Expectation> expectations;
  /// They stand in a file, and the command line chose the workloads or only the points that are
  /// measured: they may be about the rest.
  bool may_name_others = false;
  bool may_be_unmatched = false;
  double max_budget_s = 30;  ///< for each thread count, while something is undecided
  std::string baseline;      ///< a result file; empty: none
  std::string against;       ///< another version to measure alternately; empty: none
  CompareRules rules;
};

/// What a run measures.
struct PlanOptions {
  WorkloadOptions workloads;
  std::vector<std::string> executors;
  std::vector<Sharing> shares{Sharing::all};     ///< each a case of its own
  std::vector<GilMode> gils{GilMode::standard};  ///< each a case of its own
  std::string venv;                              ///< folder; empty: the active one, if any
  /// Interpreters, versions, virtual environments; empty: that of `venv`.
  std::vector<std::string> pythons;
  std::vector<std::string> launchers;  ///< one for each place; `here` is this one; empty: only here
  bool auto_threads = true;            ///< each place has its own thread counts
  /// Regular expression over the names of benchmarks; a leading '-' negates it. Empty: all.
  std::string filter;
  /// What all cases have in common: threads, scaling, calls and so on; not the stop rule, which is
  /// policy.
  Case common;
};

/// How a run samples, and what it is held against.
struct PolicyOptions {
  StopRule stop;
  double timeout_s = 600;
  GateOptions gate;
};

/// What a run writes.
struct OutputOptions {
  std::string format;     ///< of standard output, see benchmark_reporter(); empty: the table
  bool no_chart = false;  ///< on a terminal, leave out the chart below the table
  std::vector<OutputRequest> files;            ///< --json FILE and its like
  std::map<std::string, std::string> context;  ///< to add to that of the results
  std::vector<std::string> command;            ///< that asked for the run; begins with "gilscale"
};

/// `gilscale run`.
struct RunOptions {
  PlanOptions plan;
  PolicyOptions policy;
  OutputOptions outputs;
  bool list_tests = false;  ///< only print the names of the benchmarks
};

/// `gilscale compare`.
struct CompareOptions {
  std::string before;
  std::string after;
  CompareRules rules;
  std::vector<OutputRequest> files;
};

/// `gilscale report`.
struct ReportOptions {
  std::vector<std::string> results;
  std::string out;    ///< its ending says what to draw
  std::string chart;  ///< empty: all of them, or for a picture the first
  std::string venv;   ///< folder of the Python that draws; empty: see drawing_command()
};

/// `gilscale list`.
struct ListOptions {};

/// `gilscale add-python`.
struct AddPythonOptions {
  std::vector<std::string> pythons;  ///< as of a run
};

/// `gilscale doctor`.
struct DoctorOptions {
  std::vector<std::string> modules;  ///< to import, and see what they do to the GIL
  std::vector<std::string> pythons;  ///< as of a run
  std::string venv;
};

/// `gilscale selftest`.
struct SelftestOptions {
  std::vector<int> threads;
  bool quick = false;  ///< calls of one length only
};

/// The hidden command by which the front end starts its workers, and these their helpers.
struct WorkerOptions {
  bool supervised = false;
  bool member = false;    ///< plays a member of another worker's team
  bool at_place = false;  ///< stands between a worker and the front end of another place
  bool describe = false;  ///< tells the front end of another place what there is here
};

/// A question that the command line itself answers: --help, --version, completions, man.
struct Answer {
  std::string text;
};

using Options =
    std::variant<RunOptions, CompareOptions, ReportOptions, ListOptions, AddPythonOptions,
                 DoctorOptions, SelftestOptions, WorkerOptions, Answer>;

/// The text of a file; none if there is no such file. Throws UsageError if it cannot be read.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

/// What the command line asks for, and for `gilscale run` the configuration file.
/// `auto_threads` finds the thread counts of "--threads auto", and is asked only for them;
/// `read_file` reads configuration files. Throws UsageError with a message that says what to do.
Options parse_options(int argc, const char* const* argv,
                      const std::function<std::vector<int>()>& auto_threads,
                      const FileReader& read_file);

}  // namespace gilscale
