#include "targets.hpp"

#include <array>
#include <optional>
#include <string>

#include "config_file.hpp"
#include "gilscale/error.hpp"
#include "gilscale/options.hpp"
#include "gilscale/parameters.hpp"
#include "gilscale/thread_list.hpp"

namespace gilscale::fuzz {
namespace {

void read_configuration(std::string_view input) { parse_config(input, "gilscale.toml"); }

void read_threads(std::string_view input) { parse_thread_list(std::string(input)); }

void read_axis(std::string_view input) { parse_axis(std::string(input)); }

/// The words of `gilscale run`, one a line; what follows a line "---" is its gilscale.toml.
void read_command_line(std::string_view input) {
  constexpr std::string_view separator = "\n---\n";
  constexpr std::array<Choice, 2> executors{{{"threads", ""}, {"pool", ""}}};
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
      static_cast<int>(argv.size()), argv.data(), executors, [] { return std::vector{1, 2}; },
      [&](const std::string&) { return config; });
  // Nothing is looked at behind --help: no seed to go on from.
  if (std::holds_alternative<Answer>(options)) throw UsageError("answered");
}

}  // namespace

std::span<const Target> targets() {
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
