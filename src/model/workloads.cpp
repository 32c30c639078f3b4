#include "gilscale/model/workloads.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "gilscale/text/error.hpp"
#include "gilscale/text/near_match.hpp"

namespace gilscale {
namespace {

constexpr std::string_view fib_suite = "fib";
constexpr std::string_view calibration_suite = "calibration";

// name, suite, module, attribute, arguments, defaults, summary
constexpr std::array<BuiltinWorkload, 13> table{{
    {"py_fib", fib_suite, "gilscale_py_fib", "py_fib", "", "", "naive Fibonacci in Python"},
    {"cpp_fib", fib_suite, "gilscale_fib", "cpp_fib", "", "", "the same in C++, keeps the GIL"},
    {"cpp_fib_nogil", fib_suite, "gilscale_fib", "cpp_fib_nogil", "", "",
     "the same in C++, releases the GIL"},
    {"fib_holder_gil", fib_suite, "gilscale_fib", "FibHolder.do_fib", "", "",
     "method of one shared C++ object, keeps the GIL"},
    {"fib_holder_nogil", fib_suite, "gilscale_fib", "FibHolder.do_fib_nogil", "", "",
     "method of one shared C++ object, releases the GIL"},
    {"hold", calibration_suite, "gilscale_calibration", "hold", "us", "(1000,)",
     "sleeps with the GIL held: speedup 1"},
    {"release", calibration_suite, "gilscale_calibration", "release", "us", "(1000,)",
     "sleeps with the GIL released: speedup N"},
    {"hold_release", calibration_suite, "gilscale_calibration", "hold_release",
     "hold_us, release_us", "(1000, 4000)",
     "sleeps with the GIL held, then released: speedup up to 1/s, where s is the share held"},
    {"locked", calibration_suite, "gilscale_calibration", "Locked.hold", "us", "(1000,)",
     "sleeps while holding its object's lock: speedup 1, or N with --share none"},
    {"burn_hold", calibration_suite, "gilscale_calibration", "burn_hold", "us", "(1000,)",
     "computes with the GIL held: speedup 1"},
    {"burn_release", calibration_suite, "gilscale_calibration", "burn_release", "us", "(1000,)",
     "computes with the GIL released: speedup up to the number of cores"},
    {"burn_hold_release", calibration_suite, "gilscale_calibration", "burn_hold_release",
     "hold_us, release_us", "(1000, 4000)", "computes with the GIL held, then released"},
    {"counter", calibration_suite, "gilscale_calibration", "Counter.add", "times", "(20000,)",
     "adds to an atomic number of its object: speedup below 1, or N with --share none"},
}};

bool is_suite(std::string_view name) { return name == fib_suite || name == calibration_suite; }

std::vector<std::string> all_names() {
  std::vector<std::string> names{std::string(fib_suite), std::string(calibration_suite)};
  for (const BuiltinWorkload& row : table) names.emplace_back(row.name);
  return names;
}

/// "release(2000)", "json:dumps([1])": as it is called in Python.
void refuse_call(const std::string& name) {
  const std::size_t open = name.find('(');
  if (open == name.npos || !name.ends_with(')')) return;
  const std::string args = name.substr(open + 1, name.size() - open - 2);
  const bool is_plain = args.find_first_of("'\"=") == args.npos && !args.ends_with(',');
  std::string given = args.empty() ? "" : " with --args and --kwargs";
  if (!args.empty() && is_plain) given = fmt::format(" --args '({},)'", args);
  throw UsageError(
      fmt::format("workload '{}' is written as a call; name what is called, and give arguments "
                  "apart from it: {}{}",
                  name, name.substr(0, open), given));
}

[[noreturn]] void refuse_name(const std::string& name) {
  throw UsageError(
      fmt::format("no workload is called '{}'{}; `gilscale list` shows the built-in ones, "
                  "your own are module:callable or file.py:name",
                  name, did_you_mean(name, all_names())));
}

WorkloadSpec fib_spec(const BuiltinWorkload& row, const WorkloadOptions& options) {
  if (!options.args.empty() || !options.kwargs.empty() || !options.params.empty())
    throw UsageError(fmt::format(
        "workload '{}' takes its n from --fib, not from --args, --kwargs or --param", row.name));
  WorkloadSpec spec;
  const std::string n = std::to_string(options.fib);
  if (row.attribute.find('.') == std::string_view::npos)
    spec.args = fmt::format("({},)", n);
  else
    spec.shared_element = n;
  return spec;
}

WorkloadSpec with_arguments(WorkloadSpec spec, const WorkloadOptions& options) {
  if (!options.args.empty()) spec.args = options.args;
  if (!options.kwargs.empty()) spec.kwargs = options.kwargs;
  spec.path = options.path;
  return spec;
}

WorkloadSpec builtin_spec(const BuiltinWorkload& row, const WorkloadOptions& options) {
  WorkloadSpec spec;
  if (row.suite == fib_suite) {
    spec = fib_spec(row, options);
  } else {
    spec.args = options.args.empty() && options.params.empty() ? std::string(row.defaults)
                                                               : with_arguments({}, options).args;
    if (!options.kwargs.empty()) spec.kwargs = options.kwargs;
  }
  spec.name = row.name;
  spec.module = row.module;
  spec.attribute = row.attribute;
  spec.builtin = true;
  return spec;
}

/// module:callable or file.py:name.
WorkloadSpec own_spec(const std::string& name, const WorkloadOptions& options) {
  refuse_call(name);
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos) refuse_name(name);
  WorkloadSpec spec;
  spec.name = name;
  const std::string source = name.substr(0, colon);
  spec.attribute = name.substr(colon + 1);
  if (source.empty() || spec.attribute.empty())
    throw UsageError(
        fmt::format("workload '{}' lacks a name on one side of the colon; "
                    "write module:callable or file.py:name",
                    name));
  (source.ends_with(".py") ? spec.file : spec.module) = source;
  return with_arguments(std::move(spec), options);
}

WorkloadSpec found_spec(const std::string& file, const FoundWorkload& found,
                        const WorkloadOptions& options) {
  WorkloadSpec spec = with_arguments(discovery_spec(file, options), options);
  spec.name = file + ":" + found.attribute;
  spec.attribute = found.attribute;
  return spec;
}

/// -e, which need not be a line.
WorkloadSpec statement_spec(const WorkloadOptions& options) {
  WorkloadSpec spec;
  spec.setup = fmt::format("{}", fmt::join(options.setup, "\n"));
  spec.statement = fmt::format("{}", fmt::join(options.statement, "\n"));
  spec.name = fmt::format("{}", fmt::join(options.statement, "; "));
  std::replace(spec.name.begin(), spec.name.end(), '\n', ';');
  spec.path = options.path;
  return spec;
}

/// The specification with each combination of parameters.
void add_combinations(std::vector<WorkloadSpec>& specs, const WorkloadSpec& spec,
                      const std::vector<Axis>& axes) {
  for (ParameterValues& values : combinations(axes)) {
    specs.push_back(spec);
    specs.back().params = std::move(values);
  }
}

std::string without_spaces(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  return text;
}

/// "(1000, 4000)" → "1000,4000"; "(30,)" → "30".
std::string bare_arguments(const std::string& literal) {
  std::string text = without_spaces(literal);
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  if (text.ends_with(',')) text.pop_back();
  return text;
}

/// What a file holds of the name; false if it is not of a file, or the file holds no such workload.
bool add_found(std::vector<WorkloadSpec>& specs, const std::string& name,
               const WorkloadOptions& options, const FoundWorkloads& found) {
  const auto file = found.find(bench_file_of(name).value_or(""));
  if (file == found.end()) return false;
  bool any = false;
  for (const FoundWorkload& each : file->second) {
    const WorkloadSpec spec = found_spec(file->first, each, options);
    if (name != file->first && name != spec.name) continue;
    add_combinations(specs, spec, overridden(each.params, options.params));
    any = true;
  }
  return any;
}

}  // namespace

std::span<const BuiltinWorkload> builtin_workloads() { return table; }

const BuiltinWorkload* find_builtin(std::string_view name) {
  const auto* row = std::find_if(table.begin(), table.end(),
                                 [&](const BuiltinWorkload& each) { return each.name == name; });
  return row == table.end() ? nullptr : row;
}

std::vector<std::string> expand_suites(const std::vector<std::string>& names) {
  if (names.empty()) return expand_suites({std::string(fib_suite)});
  std::vector<std::string> members;
  for (const std::string& name : names) {
    if (!is_suite(name)) members.push_back(name);
    for (const BuiltinWorkload& row : table)
      if (row.suite == name) members.emplace_back(row.name);
  }
  return members;
}

std::optional<std::string> bench_file_of(const std::string& name) {
  const std::string file = name.substr(0, name.rfind(".py:bench_")) + ".py";
  if (name.ends_with(".py")) return name;
  return file.size() < name.size() ? std::optional(file) : std::nullopt;
}

WorkloadSpec discovery_spec(const std::string& file, const WorkloadOptions& options) {
  WorkloadSpec spec;
  spec.name = file;
  spec.file = file;
  spec.path = options.path;
  return spec;
}

std::vector<WorkloadSpec> resolve_workloads(const WorkloadOptions& options,
                                            const FoundWorkloads& found) {
  if (options.fib < 0 || options.fib > largest_fib)
    throw UsageError(
        fmt::format("--fib {} is out of range; choose 0 to {} (each step of 5 takes 11 "
                    "times as long)",
                    options.fib, largest_fib));
  std::vector<WorkloadSpec> specs;
  const bool only_a_statement = options.names.empty() && !options.statement.empty();
  const auto names = only_a_statement ? std::vector<std::string>{} : expand_suites(options.names);
  for (const std::string& name : names) {
    if (add_found(specs, name, options, found)) continue;
    const BuiltinWorkload* row = find_builtin(name);
    add_combinations(specs, row ? builtin_spec(*row, options) : own_spec(name, options),
                     options.params);
  }
  if (!options.statement.empty()) add_combinations(specs, statement_spec(options), options.params);
  return specs;
}

std::string_view to_string(Sharing sharing) { return sharing == Sharing::all ? "all" : "none"; }

Sharing sharing_of(std::string_view word) {
  return word == to_string(Sharing::none) ? Sharing::none : Sharing::all;
}

std::string label_of(const WorkloadSpec& spec) {
  const std::string arguments =
      spec.shared_element.empty() ? bare_arguments(spec.args) : spec.shared_element;
  const std::string keywords = spec.kwargs == "{}" ? "" : without_spaces(spec.kwargs);
  std::string label = spec.name;
  if (!arguments.empty()) label += "/" + arguments;
  if (!keywords.empty()) label += "/" + keywords;
  for (const auto& [name, value] : spec.params)
    label += fmt::format("/{}={}", name, without_spaces(value));
  if (spec.share != Sharing::all) label += fmt::format("/share:{}", to_string(spec.share));
  return label;
}

}  // namespace gilscale
