#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/judge/cause.hpp"
#include "gilscale/judge/comparison.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/judge/what_if.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/number.hpp"
#include "gilscale/text/version.hpp"
#include "report/formats.hpp"
#include "report/remedies.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

/// "time.cpu" lies in the object `time`.
json& place_of(json& document, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return document[std::string(name)];
  return document[std::string(name.substr(0, dot))][std::string(name.substr(dot + 1))];
}

json stack_document(const Stack& stack) {
  return {{"achieved", stack.achieved},   {"gil_wait", stack.gil_wait},
          {"lock_wait", stack.lock_wait}, {"io_wait", stack.io_wait},
          {"no_cpu", stack.no_cpu},       {"slower_on_cpu", stack.slower_on_cpu},
          {"imbalance", stack.imbalance}, {"other", stack.other}};
}

json what_if_document(const WhatIf& what_if) {
  const NamedWait& where = what_if.where;
  return {{"change", to_string(what_if.remedy)},
          {"native", where.site.empty() ? json(nullptr) : json(where.site)},
          {"python", where.python},
          {"speedup_low", what_if.speedup_low},
          {"speedup_high", what_if.speedup_high},
          {"simulated", what_if.foretold},
          {"measured", what_if.measured}};
}

json quantiles_of(const Durations& durations) {
  return {{"p50", durations.quantile(0.5)},
          {"p99", durations.quantile(0.99)},
          {"max", durations.longest_s()}};
}

/// Of the rounds that have as many threads as the point.
json holds_document(const Point& point) {
  const Account* const account = account_of_all(point);
  if (!account || account->ledger.gil_holds.count() == 0) return nullptr;
  json document = quantiles_of(account->ledger.gil_holds);
  const std::string& site = point.longest_hold_site;
  document["longest"] = {{"python", account->ledger.longest_hold_at},
                         {"native", site.empty() ? json(nullptr) : json(site)}};
  return document;
}

json point_document(const JudgedCase& judged, const Point& point) {
  const MeasuredPoint* const measured = judged.at(point.threads);
  json document = point;
  document["rounds"] = point.samples.size();
  if (!measured) return document;
  const auto stack = stack_of(*measured);
  document["stack"] = stack ? stack_document(*stack) : json(nullptr);
  document["what_if"] = json::array();
  for (const WhatIf& each : judged.what_ifs_at(point.threads))
    document["what_if"].push_back(what_if_document(each));
  document["remedies"] = remedies_of(judged, point);
  document["gil_hold_s"] = holds_document(point);
  document["bystander_s"] =
      point.bystander_waits ? quantiles_of(*point.bystander_waits) : json(nullptr);
  document["samples"]["disturbed"] = disturbed_samples(point);
  document["undelayed_call_s"] = measured->figures.undelayed_call_s;
  document["control_call_s"] = measured->figures.control_call_s;
  document["single_cost"] = {{"waiting_s", measured->figures.single_cost.waiting_s},
                             {"computing_calls", measured->figures.single_cost.computing_calls}};
  for (const Metric& metric : point_metrics()) {
    if (document.contains(metric.name)) continue;  // a member of the point, whole numbers as such
    const auto figure = figure_of(metric, *measured);
    place_of(document, metric.name) = !figure                           ? json(nullptr)
                                      : metric.shown == Shown::interval ? json(*figure)
                                                                        : json(figure->estimate);
  }
  return document;
}

json scalability_document(const Scalability& scalability) {
  json document = json::object();
  for (const CaseMetric& metric : case_metrics()) {
    if (!metric.of_curve) continue;
    const std::string name(metric.name);
    const std::optional<Estimate> value = metric.value(scalability, {});
    if (metric.whole) {
      document[name] = value ? json(std::lround(value->estimate)) : json(nullptr);
      continue;
    }
    document[name] = value ? json(value->estimate) : json(nullptr);
    document[name + "_low"] = value ? json(value->low) : json(nullptr);
    document[name + "_high"] = value ? json(value->high) : json(nullptr);
  }
  return document;
}

json gil_document(const CaseResult& result) {
  json document = result.gil;
  document["demand"] = value_or_null(gil_demand_of(result));
  document["requested"] = to_string(result.planned.gil);
  document["enabled_by"] = json::array();
  for (const GilModule& each : enabled_by(result.gil)) document["enabled_by"].push_back(each);
  return document;
}

/// Numbers as numbers, other values as Python writes them.
json params_document(const WorkloadSpec& spec) {
  json document = json::object();
  for (const auto& [name, text] : spec.params) {
    const json whole = json::parse(text, nullptr, false);
    const auto value = to_number(text);
    document[name] = whole.is_number() ? whole : value ? json(*value) : json(text);
  }
  return document;
}

json place_document(const Case& planned) {
  if (planned.place.empty()) return nullptr;
  return {{"name", planned.place},
          {"launcher", fmt::format("{}", fmt::join(planned.launcher, " "))}};
}

json case_document(const JudgedCase& judged) {
  const CaseResult& result = judged.result;
  json points = json::array();
  for (const Point& point : result.points) points.push_back(point_document(judged, point));
  return {
      {"workload", result.planned.workload.name},
      {"label", label_of(result.planned.workload)},
      {"name", label_of(result.planned)},
      {"params", params_document(result.planned.workload)},
      {"share", result.planned.workload.share},
      {"executor", result.planned.executor},
      {"scaling", result.planned.scaling},
      {"pinned", result.planned.pin},
      {"group", result.planned.group},
      {"gil", gil_document(result)},
      {"place", place_document(result.planned)},
      {"interpreter",
       result.planned.interpreter.empty() ? json(nullptr) : json(result.planned.interpreter)},
      {"python", value_or_null(result.python)},
      {"points", std::move(points)},
      {"scalability", scalability_document(judged.scalability)},
      {"findings", judged.findings},
      {"verdict", to_string(judged.judgement.verdict)},
      {"why", judged.judgement.why},
      {"cause", judged.judgement.cause ? json(to_string(*judged.judgement.cause)) : json(nullptr)},
      {"error", value_or_null(result.failure)}};
}

json winner_document(const ExecutorComparison& comparison) {
  if (!comparison.winner) return nullptr;
  const ExecutorComparison::Winner& winner = *comparison.winner;
  return {{"executors", winner.executors},
          {"from_threads", winner.from_threads},
          {"next", winner.next},
          {"factor", winner.factor.estimate},
          {"factor_interval", winner.factor}};
}

json executors_document(const Report& report) {
  json comparisons = json::array();
  for (const ExecutorComparison& comparison : executor_comparisons(report)) {
    json entries = json::array();
    for (const ExecutorComparison::Entry& entry : comparison.entries)
      entries.push_back({{"executor", entry.executor},
                         {"threads", entry.threads},
                         {"throughput_per_s", entry.throughput_per_s},
                         {"start_s", entry.start_s},
                         {"memory_bytes", value_or_null(entry.memory_bytes)}});
    comparisons.push_back({{"label", comparison.label},
                           {"entries", std::move(entries)},
                           {"had_cores", comparison.had_cores},
                           {"winner", winner_document(comparison)}});
  }
  return comparisons;
}

json cell_document(const std::optional<PythonCell>& cell) {
  if (!cell) return nullptr;
  return {{"speedup", value_or_null(cell->speedup)},
          {"single_relative", value_or_null(cell->single_relative)},
          {"verdict", to_string(cell->judged->judgement.verdict)}};
}

json pythons_document(const Report& report) {
  const PythonMatrix matrix = python_matrix(report);
  json rows = json::array();
  for (const PythonRow& row : matrix.rows) {
    json cells = json::array();
    for (const auto& cell : row.cells) cells.push_back(cell_document(cell));
    rows.push_back({{"label", row.label}, {"threads", row.threads}, {"cells", std::move(cells)}});
  }
  return {{"columns", matrix.columns}, {"rows", std::move(rows)}};
}

json comparisons_document(const Report& report) {
  json curves = json::array();
  for (const ParameterCurve& curve : parameter_curves(report)) {
    json values = json::array();
    json speedups = json::array();
    for (const ParameterCurve::Entry& entry : curve.entries) {
      values.push_back(entry.value);
      speedups.push_back(entry.speedup);
    }
    curves.push_back({{"label", curve.label},
                      {"parameter", curve.parameter},
                      {"threads", curve.threads},
                      {"values", std::move(values)},
                      {"speedups", std::move(speedups)},
                      {"break_even", value_or_null(curve.break_even())}});
  }
  json sharing = json::array();
  for (const SharingCost& cost : sharing_costs(report))
    sharing.push_back({{"label", cost.label},
                       {"threads", cost.threads},
                       {"shared", cost.shared},
                       {"own", cost.own},
                       {"kept", cost.kept},
                       {"lost", cost.differs() ? json(cost.lost()) : json(nullptr)}});
  json single = json::array();
  for (const SingleThreadCost& cost : single_thread_costs(report))
    single.push_back({{"label", cost.label}, {"call_s", cost.call_s}, {"relative", cost.relative}});
  return {{"parameters", std::move(curves)},
          {"sharing", std::move(sharing)},
          {"single_thread", std::move(single)},
          {"pythons", pythons_document(report)},
          {"executors", executors_document(report)}};
}

json checks_document(const Report& report) {
  json checks = json::array();
  for (const Check& check : report.checks)
    checks.push_back({{"expectation", check.expectation.text},
                      {"label", check.label},
                      {"threads", value_or_null(check.threads)},
                      {"metric", check.expectation.metric},
                      {"relation", to_string(check.expectation.relation)},
                      {"bound", check.expectation.bound},
                      {"seen", value_or_null(check.seen)},
                      {"outcome", to_string(check.outcome)},
                      {"why", check.why}});
  return checks;
}

json change_document(const Change& change) {
  return {{"name", change.name},
          {"threads", value_or_null(change.threads)},
          {"call_s", value_or_null(change.call_s)},
          {"throughput_per_s", value_or_null(change.throughput_per_s)},
          {"speedup", value_or_null(change.speedup)},
          {"relative_efficiency", value_or_null(change.relative_efficiency)},
          {"cost", change.cost},
          {"p", change.corrected_p},
          {"word", to_string(change.verdict)},
          {"why", change.why}};
}

json changes_document(const std::optional<Changes>& changes) {
  if (!changes) return nullptr;
  json points = json::array();
  for (const Change& change : changes->points) points.push_back(change_document(change));
  return {{"before", changes->before},
          {"how", changes->how},
          {"threshold", changes->threshold},
          {"points", std::move(points)},
          {"only_before", changes->only_before},
          {"only_after", changes->only_after},
          {"differences", sentences(changes->differences)}};
}

json case_documents(const std::vector<JudgedCase>& cases) {
  json documents = json::array();
  for (const JudgedCase& judged : cases) documents.push_back(case_document(judged));
  return documents;
}

json blank_benchmark(const Case& planned, int threads) {
  const std::string name = reported_name(planned, threads);
  return {{"name", name},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", planned.repetitions},
          {"repetition_index", 0},
          {"threads", 1},
          {"iterations", 0},
          {"real_time", 0.0},
          {"cpu_time", 0.0},
          {"time_unit", "ms"}};
}

/// What Google Benchmark writes for a benchmark that was skipped with an error: the first thread
/// count that has no point.
json failed_benchmark(const CaseResult& result, const Failure& failure) {
  const std::vector<int>& threads = result.planned.threads;
  const auto missing = std::find_if(threads.begin(), threads.end(),
                                    [&](int count) { return point_at(result, count) == nullptr; });
  json entry =
      blank_benchmark(result.planned, missing == threads.end() ? threads.back() : *missing);
  entry["error_occurred"] = true;
  entry["error_message"] = failure.message;
  return entry;
}

/// What Google Benchmark would have written of a point whose worker was gone before it was
/// finished.
json unfinished_benchmark(const Case& planned, const MeasuredPoint& measured) {
  const auto& [point, values, figures] = measured;
  const auto samples = static_cast<double>(point.samples.size());
  json entry = blank_benchmark(planned, point.threads);
  entry["iterations"] = point.samples.size();
  entry["real_time"] = total(point.samples.parallel_s) / samples * 1e3;
  entry["cpu_time"] = total(point.samples.parallel_cpu_s) / samples * 1e3;
  entry["speedup"] = figures.speedup.estimate;
  entry["capacity"] = figures.capacity.estimate;
  entry["relative_efficiency"] = figures.relative_efficiency.estimate;
  return entry;
}

json benchmarks_of(const JudgedCase& judged) {
  const CaseResult& result = judged.result;
  json entries = result.benchmarks;
  if (!result.failure) return entries;
  const auto has = [&](int threads) {
    const std::string name = reported_name(result.planned, threads);
    return std::any_of(entries.begin(), entries.end(),
                       [&](const json& entry) { return entry.value("run_name", "") == name; });
  };
  for (const MeasuredPoint& measured : judged.points)
    if (!has(measured.point.threads))
      entries.push_back(unfinished_benchmark(result.planned, measured));
  entries.push_back(failed_benchmark(result, *result.failure));
  return entries;
}

/// Each worker numbers from 0; the document numbers over all of them.
json all_benchmarks(const Report& report) {
  json all = json::array();
  for (std::size_t family = 0; family < report.cases.size(); ++family) {
    json entries = benchmarks_of(report.cases[family]);
    for (json& entry : entries) {
      entry["family_index"] = family;
      all.push_back(std::move(entry));
    }
  }
  return all;
}

}  // namespace

json to_document(const Report& report) {
  return {{"context", context_of(report)},
          {"benchmarks", all_benchmarks(report)},
          {"gilscale",
           {{"schema", 1},
            {"version", version},
            {"cases", case_documents(report.cases)},
            {"comparisons", comparisons_document(report)},
            {"checks", checks_document(report)},
            {"changes", changes_document(report.changes)},
            {"against", case_documents(report.against)}}}};
}

std::string render_json(const Report& report, const Style&) {
  // Foreign text (a traceback, a path) need not be UTF-8: replace what is not, lose nothing else.
  return to_document(report).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace gilscale
