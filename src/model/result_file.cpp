#include "gilscale/model/result_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "gilscale/model/codec.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/printable.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// What is wrong with a document; becomes a UsageError that names the file.
struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr int most_depth = 32;
/// Of cases, and of points in a case: each is looked for among all.
constexpr std::size_t most_of_a_kind = 2000;

/// What a message quotes of a document.
std::string quoted(const std::string& text) { return printable(text.substr(0, 200)); }

std::string text_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw Fault{"it is a folder; name a file"};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Fault{std::strerror(errno)};
  std::string text;
  std::array<char, 1 << 16> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > most_bytes)
      throw Fault{fmt::format("it is larger than {} MB", most_bytes >> 20)};
  }
  return text;
}

json document_of(std::string_view text) {
  const auto too_deep = [](int depth, json::parse_event_t, json&) -> bool {
    if (depth > most_depth) throw Fault{"it is nested too deeply"};
    return true;
  };
  try {
    return json::parse(text, too_deep);
  } catch (const json::parse_error& error) {
    throw Fault{fmt::format("it is not JSON: error at byte {}", error.byte)};
  }
}

/// Before they are read: a number that does not fit would become another one.
void check_whole(const json& document, const char* key, std::int64_t least, std::int64_t most) {
  const json& value = document.at(key);
  const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                        : value.is_number_integer() && value.get<std::int64_t>() <= most;
  if (!fits || value.get<std::int64_t>() < least)
    throw Fault{
        fmt::format("a point's '{}' is not a whole number from {} to {}", key, least, most)};
}

/// The whole numbers of a point from which others are computed.
void check_counts(const json& point) {
  constexpr std::int64_t most_threads = 1'000'000;
  constexpr std::int64_t most_calls = 1'000'000'000'000;
  check_whole(point, "threads", 1, most_threads);
  check_whole(point, "calls", 0, most_calls);
  check_whole(point, "single_calls", 0, most_calls);
  check_whole(point, "extra_calls", 0, point.at("threads").get<std::int64_t>());
  check_whole(point, "control_calls", 1, most_calls);
  check_whole(point, "control_threads", 0, most_threads);
  if (point.at("calls") == 0 && point.at("extra_calls") == 0)
    throw Fault{"one of its points makes no calls"};
  if (!point.at("memory_bytes").is_null())
    check_whole(point, "memory_bytes", 0, std::numeric_limits<std::int64_t>::max());
}

void check_finite(const json& value, const char* key) {
  constexpr double longest_s = 1e9;
  if (!value.is_number() || !(std::abs(value.get<double>()) <= longest_s))
    throw Fault{fmt::format("a '{}' of its ledgers is out of range", key)};
}

void check_number(const json& document, const char* key) { check_finite(document.at(key), key); }

void check_waits(const json& waits) {
  check_whole(waits, "count", 0, std::numeric_limits<std::int64_t>::max());
  check_number(waits, "total_s");
  check_number(waits, "longest_s");
}

void check_account(const json& account) {
  if (account.is_null()) return;
  constexpr std::int64_t most = 1'000'000'000'000;
  check_whole(account, "rounds", 1, most);
  check_whole(account, "calls", 0, most);
  check_whole(account, "lost_threads", 0, most);
  for (const char* key : {"page_faults", "switches", "forced_switches"})
    check_whole(account, key, 0, most);
  for (const char* key : {"makespan_s", "wall_s", "cpu_s", "runnable_s", "gil_held_s"})
    check_number(account, key);
  for (const json& waits : account.at("waits")) check_waits(waits);
  if (account.at("hardware").is_object())
    for (const char* key : {"cycles", "instructions", "cache_misses"})
      check_whole(account.at("hardware"), key, 0, std::numeric_limits<std::int64_t>::max());
}

/// What ledger rounds told: numbers that are only shown, but not any.
void check_ledgers(const json& point) {
  check_account(point.at("ledger_single"));
  check_account(point.at("ledger_parallel"));
  for (const char* key : {"waits", "gil_hold_sites"})
    for (const json& waits : point.at(key)) {
      check_waits(waits);
      if (waits.contains("holds")) check_waits(waits.at("holds"));
    }
  for (const json& values : point.at("ledger_samples"))
    for (const json& value : values) check_finite(value, "ledger_samples");
  for (const char* const trial : {"allocator", "immortal"})
    if (point.at(trial).is_object()) check_number(point.at(trial).at("throughput"), "estimate");
  if (point.at("bystander_waits").is_object())
    check_number(point.at("bystander_waits"), "longest_s");
}

void check_samples(const Samples& samples) {
  constexpr double longest_s = 1e9;
  constexpr double shortest_s = 1e-12;  // so that no ratio of them is infinite
  const std::size_t count = samples.size();
  Samples::for_each_member([&](auto member) {
    const std::vector<double>& values = samples.*member;
    if (values.size() != count) throw Fault{"the arrays of its samples differ in length"};
    for (const double value : values)
      if (!(value >= 0 && value <= longest_s)) throw Fault{"one of its samples is out of range"};
  });
  for (const auto member :
       {&Samples::single_s, &Samples::parallel_s, &Samples::control_single_s,
        &Samples::control_parallel_s, &Samples::single_undelayed_s, &Samples::parallel_undelayed_s,
        &Samples::control_single_undelayed_s, &Samples::control_parallel_undelayed_s})
    for (const double value : samples.*member)
      if (!(value >= shortest_s)) throw Fault{"a time in its samples is 0"};
}

/// Earlier versions measured cases one after the other, each in one process, and did not number
/// their samples.
void number_samples(json& samples) {
  if (!samples.is_object() || samples.contains("block") || !samples.contains("parallel_s")) return;
  json& block = samples["block"] = json::array();
  for (std::size_t i = 0; i < samples["parallel_s"].size(); ++i) block.push_back(i);
  for (const char* key : {"launch", "dispatched_s", "dispatch_s"})
    samples[key] = json::array_t(block.size(), 0);
}

/// A key that a file of another version lacks has its default; samples have none.
template <typename T>
json with_defaults(const json& document) {
  json complete = T{};
  complete.update(document);
  return complete;
}

json made_printable(json document) {
  if (document.is_string()) return printable(document.get<std::string>());
  if (document.is_structured())
    for (json& each : document) each = made_printable(std::move(each));
  return document;
}

Point read_point(const json& document) {
  if (!document.contains("samples")) throw Fault{"one of its points has no samples"};
  json complete = with_defaults<Point>(document);
  for (const char* key : {"ledger_single", "ledger_parallel"})
    if (complete.at(key).is_object()) complete[key] = with_defaults<Account>(complete[key]);
  complete["ledger_samples"] = with_defaults<LedgerSamples>(complete["ledger_samples"]);
  for (const char* key : {"ledger_single", "ledger_parallel", "waits", "gil_hold_sites",
                          "longest_hold_site", "allocator", "immortal"})
    complete[key] = made_printable(std::move(complete[key]));
  number_samples(complete.at("samples"));
  check_counts(complete);
  check_ledgers(complete);
  auto point = complete.get<Point>();
  check_samples(point.samples);
  std::vector<double> demands = point.gil_demands;
  if (point.gil_demand) demands.push_back(*point.gil_demand);
  for (const double demand : demands)
    if (!(demand >= 0 && demand <= 1)) throw Fault{"one of its gil_demand values is out of range"};
  return point;
}

/// Texts that may reach a terminal.
std::string read_text(const json& document, const char* key) {
  return printable(document.at(key).get<std::string>());
}

/// The label holds all that the workload's specification would give.
Case read_planned(const json& document) {
  Case planned;
  planned.workload.name = read_text(document, "label");
  planned.executor = read_text(document, "executor");
  planned.gil = gil_mode_of(document.at("gil").value("requested", ""));
  if (document.contains("place") && document.at("place").is_object())
    planned.place = read_text(document.at("place"), "name");
  planned.interpreter = document.contains("interpreter") && document.at("interpreter").is_string()
                            ? read_text(document, "interpreter")
                            : "";
  planned.scaling = document.at("scaling").get<Scaling>();
  planned.pin = document.value("pinned", false);
  return planned;
}

std::optional<Failure> read_failure(const json& document) {
  auto failure = value_or_none<Failure>(document.at("error"));
  if (!failure) return failure;
  return Failure{failure->kind, printable(failure->message), failure->details};
}

const json& array_at(const json& document, const char* key) {
  const json& array = document.at(key);
  if (!array.is_array()) throw Fault{fmt::format("its '{}' is not an array", key)};
  if (array.size() > most_of_a_kind)
    throw Fault{fmt::format("it has more than {} {}", most_of_a_kind, key)};
  return array;
}

CaseResult read_case(const json& document) {
  CaseResult result;
  result.planned = read_planned(document);
  result.gil = with_defaults<GilState>(document.at("gil")).get<GilState>();
  if (!document.at("python").is_null())
    result.python = made_printable(with_defaults<PythonInfo>(document.at("python")));
  result.failure = read_failure(document);
  for (const json& point : array_at(document, "points")) {
    result.points.push_back(read_point(point));
    result.planned.threads.push_back(result.points.back().threads);
  }
  return result;
}

void read_cases(const json& document, ResultFile& file) {
  const json& own = document.at("gilscale");
  const json& schema = own.at("schema");
  if (schema != 1)
    throw Fault{fmt::format("it has schema {}, but this gilscale reads schema 1",
                            schema.is_primitive() ? quoted(schema.dump()) : "?")};
  std::set<std::string> interpreters;
  std::set<std::string> places;
  for (const json& each : array_at(own, "cases")) {
    file.cases.push_back(read_case(each));
    const std::string& interpreter = file.cases.back().planned.interpreter;
    if (!interpreter.empty()) interpreters.insert(interpreter);
    places.insert(file.cases.back().planned.place);
  }
  for (CaseResult& result : file.cases) {
    result.planned.several_interpreters =
        interpreters.size() > 1 && !result.planned.interpreter.empty();
    result.planned.several_places = places.size() > 1;
  }
}

double seconds_of(const std::string& unit) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};
  for (const auto& [name, seconds] : units)
    if (unit == name) return seconds;
  throw Fault{fmt::format("it has an unknown time_unit '{}'", quoted(unit))};
}

/// Aggregates say nothing that the repetitions do not.
void read_time(const json& entry, ResultFile& file) {
  if (entry.value("run_type", "iteration") != "iteration") return;
  if (entry.value("error_occurred", false) || entry.value("skipped", false)) return;
  const double time_s =
      entry.at("real_time").get<double>() * seconds_of(entry.value("time_unit", std::string("ns")));
  const auto name = entry.value("run_name", entry.at("name").get<std::string>());
  if (!(time_s > 0) || !std::isfinite(time_s))
    throw Fault{"one of its real_time values is not above 0"};
  file.times_s[printable(name)].push_back(time_s);
}

ResultFile read_document(const json& document, const std::string& name) {
  if (!document.is_object() || !document.contains("benchmarks") ||
      !document.at("benchmarks").is_array())
    throw Fault{"it has no array 'benchmarks'"};
  ResultFile file;
  file.name = name;
  if (document.contains("context")) file.context = made_printable(document.at("context"));
  if (!file.context.is_object()) throw Fault{"its 'context' is not an object"};
  file.is_gilscale = document.contains("gilscale");
  if (file.is_gilscale) read_cases(document, file);
  for (const json& entry : document.at("benchmarks")) read_time(entry, file);
  return file;
}

template <typename Read>
auto read_or_explain(const std::string& name, Read read) {
  constexpr auto advice =
      "name a file that `gilscale run --json` or a Google Benchmark program wrote";
  try {
    return read();
  } catch (const Fault& fault) {
    throw UsageError(
        fmt::format("cannot read the results in '{}': {}; {}", name, fault.what(), advice));
  } catch (const json::exception& error) {
    throw UsageError(
        fmt::format("cannot read the results in '{}': {}; {}", name, quoted(error.what()), advice));
  }
}

}  // namespace

ResultFile parse_result_file(std::string_view text, const std::string& name) {
  return read_or_explain(name, [&] { return read_document(document_of(text), name); });
}

ResultFile read_result_file(const std::string& path) {
  const std::string text = read_or_explain(path, [&] { return text_of(path); });
  return parse_result_file(text, path);
}

}  // namespace gilscale
