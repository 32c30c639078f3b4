#include "targets.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "gilscale/command_line/config_file.hpp"
#include "gilscale/command_line/options.hpp"
#include "gilscale/judge/change.hpp"
#include "gilscale/judge/check.hpp"
#include "gilscale/judge/differences.hpp"
#include "gilscale/judge/expectation.hpp"
#include "gilscale/judge/verdict.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/parameters.hpp"
#include "gilscale/model/result_file.hpp"
#include "gilscale/model/thread_list.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale::fuzz {
namespace {

void read_configuration(std::string_view input) { parse_config(input, "gilscale.toml"); }

void read_threads(std::string_view input) { parse_thread_list(std::string(input)); }

void read_axis(std::string_view input) { parse_axis(std::string(input)); }

void read_expectation(std::string_view input) {
  const Expectation expectation = parse_expectation(input);
  Case planned;
  planned.workload.name = expectation.workload.substr(0, 40);
  planned.threads = {1, 2};
  applies_to(expectation, planned);
  warning_of(expectation);
}

/// What can be read is used as `gilscale compare` and --baseline use it.
void read_results(std::string_view input) {
  const ResultFile file = parse_result_file(input, "old.json");
  const std::vector<Expectation> expectations{
      parse_expectation("* relative_efficiency >= 0.9"), parse_expectation("* call_s < 1"),
      parse_expectation("* contention < 1"), parse_expectation("* peak_threads < 9")};
  for (const CaseResult& result : file.cases) checks_of(expectations, JudgedCase(result));
  changes_between(file.cases, file.cases, {});
  changes_between(file.cases, file.cases, {.paired = true, .sequential = true});
  differences_between({file.context, file.cases}, {file.context, file.cases});
  for (const auto& [name, times_s] : file.times_s) change_of_times(name, times_s, times_s, {});
}

/// A file of gilscale's with a point of enough samples for a look.
std::string small_results() {
  Samples samples;
  Samples::for_each_member(
      [&](auto member) { samples.*member = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1}; });
  return fmt::format(
      R"({{"benchmarks":[],"gilscale":{{"schema":1,"cases":[{{"label":"f","executor":"pool",)"
      R"("scaling":"weak","gil":{{"shared":true}},"python":null,"error":null,"points":[)"
      R"({{"threads":2,"calls":3,"samples":{}}}]}}]}}}})",
      nlohmann::json(samples).dump());
}

/// The words of `gilscale run`, one a line; what follows a line "---" is its gilscale.toml.
void read_command_line(std::string_view input) {
  constexpr std::string_view separator = "\n---\n";
  const std::size_t end = input.find(separator);
  std::vector<std::string> words{"gilscale", "run"};
  for (const char c : input.substr(0, end)) {
    if (c == '\n' || words.size() == 2) words.emplace_back();
    if (c != '\n') words.back() += c;
  }
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::optional<std::string> config;
  if (end != std::string_view::npos) config = input.substr(end + separator.size());
  const Options options = parse_options(
      static_cast<int>(argv.size()), argv.data(), [] { return std::vector{1, 2}; },
      [&](const std::string&) { return config; });
  // Nothing is looked at behind --help: no seed to go on from.
  if (std::holds_alternative<Answer>(options)) throw UsageError("answered");
}

}  // namespace

std::span<const Target> targets() {
  static const std::string results = small_results();
  static const std::vector<Target> all{
      {"config",
       read_configuration,
       {"workloads = ['m:f']\nthreads = [1, 2]\npin = true\nbudget = 0.5 # seconds\n",
        "setup = ['import zlib', '''\nx = 1''']\nstmt = \"f(x)\\n\"\n[param]\nsize = [1, 2.0, "
        "true]\n",
        "param = { size = [1], 'mode' = \"'a'\" }\nparam.x.y = 1979-05-27T00:00:00Z\n",
        "[[expect]]\na.b.c = {d = [[1], {e = 0x1F}]}\n"},
       {"[param]\n", " = ", "\"\"\"", "'''", "[[", "]]", "{", "}", "\\u0000", "\\U0010ffff", "a.",
        "\n", "#", "true", "nan", "1979-05-27", "07:32:00"}},
      {"threads", read_threads, {"1,2,4", "1-24", "1,4-8"}, {"-", ",", "auto", "1024", "1-1024"}},
      {"axis",
       read_axis,
       {"size=1024,65536", "mode='a','b'", "x=(1, 2),[3, 4],{'a': \"b,c\"}"},
       {"=", ",", "'", "\"", "(", ")", "[", "]", "{", "}", "\\", "None"}},
      {"expectation",
       read_expectation,
       {"cpp_fib_nogil@2 relative_efficiency >= 0.9", "m:f/[1, 'a@b'] (pool)@max call_s<1e-3",
        "* contention <= 0.1"},
       {"@", "@max", " ", "\t", ">=", "<=", ">", "<", "==", "*", "?", "[", "]", "\\", "speedup",
        "gil_demand", "time.cpu", "peak_threads"}},
      {"results",
       read_results,
       {results, R"({"context":{"host_name":"h"},"benchmarks":[{"name":"BM","real_time":1.5,)"
                 R"("time_unit":"ms"},{"name":"BM","run_type":"aggregate","real_time":2}]})"},
       {"null",
        "true",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\u001b",
        "1e9",
        "1e-12",
        "1000000",
        "\"threads\":",
        "\"calls\":",
        "\"extra_calls\":",
        "\"control_calls\":",
        "\"memory_bytes\":",
        "\"gil_demand\":",
        "\"samples\":",
        "\"points\":",
        "\"cases\":",
        "\"scaling\":\"strong\"",
        "\"real_time\":",
        "\"gil\":{}"}},
      {"command-line",
       read_command_line,
       {"m:f\n--threads\n1,2\n-x\nall\n--budget=0.5\n--param\nsize=1,2",
        "--stmt\nf(x)\n--setup\nx = 1\n--pin\n--benchmark_context=a=b,c=d",
        "--config\nother.toml\n--calls\n3\n---\nthreads = [1, 2]\npin = true\nexecutor = "
        "['pool']\n",
        "-n20\n---\nworkloads = ['a', 'b']\nbudget = 0.5\n[param]\nsize = [1, 2]\n"},
       {"\n---\n",
        "\n",
        "--",
        "-",
        "=",
        "[",
        "]",
        ",",
        "{}",
        "--config",
        "--no-config",
        "--scaling",
        "--benchmark_min_time",
        "--benchmark_repetitions",
        "--help",
        "benchmark_context",
        "timeout",
        "share",
        "calls",
        "precision",
        "json",
        "path",
        "setup",
        "stmt",
        "true",
        "10x"}}};
  return all;
}

}  // namespace gilscale::fuzz
