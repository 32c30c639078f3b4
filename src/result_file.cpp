#include "gilscale/result_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "gilscale/codec.hpp"
#include "gilscale/error.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// What is wrong with a document; becomes a UsageError that names the file.
struct Fault {
  std::string what;
};

constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr int most_depth = 32;

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
    throw Fault{fmt::format("it is no JSON: byte {}", error.byte)};
  }
}

/// The whole numbers of a point from which others are computed.
void check_counts(const Point& point) {
  constexpr int most_threads = 1'000'000;
  constexpr std::int64_t most_calls = 1'000'000'000'000;
  const auto within = [](auto value, auto least, auto most) {
    return value >= least && value <= most;
  };
  if (!within(point.threads, 1, most_threads) || !within(point.extra_calls, 0, point.threads) ||
      !within(point.calls, std::int64_t{0}, most_calls) || point.calls + point.extra_calls < 1 ||
      !within(point.control_calls, std::int64_t{1}, most_calls))
    throw Fault{
        fmt::format("its point with threads {}, calls {}, extra_calls {}, control_calls {} "
                    "makes no sense",
                    point.threads, point.calls, point.extra_calls, point.control_calls)};
}

void check_samples(const Samples& samples) {
  constexpr double longest_s = 1e9;
  const std::size_t count = samples.size();
  Samples::for_each_member([&](auto member) {
    const std::vector<double>& values = samples.*member;
    if (values.size() != count) throw Fault{"the arrays of its samples differ in length"};
    for (const double value : values)
      if (!(value >= 0 && value <= longest_s)) throw Fault{"a sample of it is out of range"};
  });
  for (const auto member :
       {&Samples::single_s, &Samples::parallel_s, &Samples::control_single_s,
        &Samples::control_parallel_s, &Samples::single_undelayed_s, &Samples::parallel_undelayed_s,
        &Samples::control_single_undelayed_s, &Samples::control_parallel_undelayed_s})
    for (const double value : samples.*member)
      if (!(value > 0)) throw Fault{"a time in its samples is 0"};
}

/// A key that a file of another version lacks has its default; samples have none.
template <typename T>
T read_with_defaults(const json& document) {
  json complete = T{};
  complete.update(document);
  return complete.get<T>();
}

Point read_point(const json& document) {
  auto point = read_with_defaults<Point>(document);
  if (!document.contains("samples")) throw Fault{"a point of it has no samples"};
  check_counts(point);
  check_samples(point.samples);
  if (point.gil_demand && !(*point.gil_demand >= 0 && *point.gil_demand <= 1))
    throw Fault{"a gil_demand of it is out of range"};
  return point;
}

/// The label holds all that the workload's specification would give.
Case read_planned(const json& document) {
  Case planned;
  planned.workload.name = document.at("label").get<std::string>();
  planned.executor = document.at("executor").get<std::string>();
  planned.scaling = document.at("scaling").get<Scaling>();
  planned.pin = document.value("pinned", false);
  return planned;
}

CaseResult read_case(const json& document) {
  CaseResult result;
  result.planned = read_planned(document);
  result.gil = read_with_defaults<GilState>(document.at("gil"));
  if (!document.at("python").is_null())
    result.python = read_with_defaults<PythonInfo>(document.at("python"));
  result.failure = optional_at<Failure>(document, "error");
  for (const json& point : document.at("points")) {
    result.points.push_back(read_point(point));
    result.planned.threads.push_back(result.points.back().threads);
  }
  return result;
}

void read_cases(const json& document, ResultFile& file) {
  const json& own = document.at("gilscale");
  const int schema = own.at("schema").get<int>();
  if (schema != 1)
    throw Fault{fmt::format("it is of schema {}, this gilscale reads schema 1", schema)};
  for (const json& each : own.at("cases")) file.cases.push_back(read_case(each));
}

double seconds_of(const std::string& unit) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};
  for (const auto& [name, seconds] : units)
    if (unit == name) return seconds;
  throw Fault{fmt::format("it has a time_unit '{}'", unit)};
}

/// Aggregates say nothing that the repetitions do not.
void read_time(const json& entry, ResultFile& file) {
  if (entry.value("run_type", "iteration") != "iteration") return;
  if (entry.value("error_occurred", false)) return;
  const double time_s =
      entry.at("real_time").get<double>() * seconds_of(entry.value("time_unit", std::string("ns")));
  const auto name = entry.value("run_name", entry.at("name").get<std::string>());
  if (!(time_s > 0) || !std::isfinite(time_s)) throw Fault{"a real_time of it is not above 0"};
  file.times_s[name].push_back(time_s);
}

ResultFile read_document(const json& document, const std::string& name) {
  if (!document.is_object() || !document.contains("benchmarks") ||
      !document.at("benchmarks").is_array())
    throw Fault{"it has no array 'benchmarks'"};
  ResultFile file;
  file.name = name;
  if (document.contains("context")) file.context = document.at("context");
  if (!file.context.is_object()) throw Fault{"its 'context' is no object"};
  file.is_gilscale = document.contains("gilscale");
  if (file.is_gilscale) read_cases(document, file);
  for (const json& entry : document.at("benchmarks")) read_time(entry, file);
  return file;
}

template <typename Read>
auto read_or_explain(const std::string& name, Read read) {
  constexpr auto advice =
      "name a file that `gilscale run --json` or a Google Benchmark program has written";
  try {
    return read();
  } catch (const Fault& fault) {
    throw UsageError(
        fmt::format("cannot read the results in '{}': {}; {}", name, fault.what, advice));
  } catch (const json::exception& error) {
    throw UsageError(
        fmt::format("cannot read the results in '{}': {}; {}", name, error.what(), advice));
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
