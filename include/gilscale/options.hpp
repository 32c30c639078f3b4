#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gilscale/sampler.hpp"
#include "gilscale/workloads.hpp"

namespace gilscale {

/// A name that can be chosen on the command line and what it stands for, as help shows it.
struct Choice {
  std::string_view name;
  std::string_view summary;
  bool in_all = true;  ///< one of those that the word "all" stands for
};

/// The --benchmark_* flags that Google Benchmark's users know.
struct BenchmarkOptions {
  std::string format;  ///< of standard output; empty: gilscale's own table
  std::string out;     ///< file; empty: none
  std::string out_format = "json";
  std::string filter;  ///< regular expression; a leading '-' negates it
  int repetitions = 1;
  bool list_tests = false;
  std::map<std::string, std::string> context;
};

/// `gilscale run`.
struct RunOptions {
  WorkloadOptions workloads;
  std::vector<int> threads;
  std::vector<std::string> executors;
  Scaling scaling = Scaling::weak;
  std::string share = "all";  ///< "all", "none" or "both"; see WorkloadSpec::share
  std::string venv;           ///< folder; empty: the active one, if any
  std::string python;         ///< its executable, once found; empty: gilscale's own
  std::optional<std::int64_t> calls;
  bool pin = false;
  StopRule stop;
  double timeout_s = 600;
  std::string json_file;
  BenchmarkOptions benchmark;
  std::string config_file;            ///< that was read; empty: none
  std::set<std::string> from_config;  ///< options that it gave, without dashes; "workloads" too
};

/// `gilscale list`.
struct ListOptions {};

/// `gilscale doctor`.
struct DoctorOptions {};

/// `gilscale selftest`.
struct SelftestOptions {
  std::vector<int> threads;
  bool quick = false;  ///< calls of one length only
};

/// The hidden command by which the front end starts its workers, and these their helpers.
struct WorkerOptions {
  bool supervised = false;
  bool member = false;  ///< plays a member of another worker's team
};

/// A question that the command line itself answers: --help, --version.
struct Answer {
  std::string text;
};

using Options =
    std::variant<RunOptions, ListOptions, DoctorOptions, SelftestOptions, WorkerOptions, Answer>;

/// The text of a file; none if there is no such file. Throws UsageError if it cannot be read.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

/// What the command line asks for, and for `gilscale run` the configuration file. `executors` are
/// the choices of --executor; `auto_threads` finds the thread counts of "--threads auto", and is
/// asked only for them; `read_file` reads configuration files. Throws UsageError with a message
/// that says what to do.
Options parse_options(int argc, const char* const* argv, std::span<const Choice> executors,
                      const std::function<std::vector<int>()>& auto_threads,
                      const FileReader& read_file);

}  // namespace gilscale
