#include "commands/launches.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// By blocks, and in a block by launches.
void sort_by_time(Samples& samples) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return samples.block[a] < samples.block[b];
  });
  Samples::for_each_member([&](auto member) {
    const std::vector<double> before = std::exchange(samples.*member, {});
    for (const std::size_t place : order) (samples.*member).push_back(before[place]);
  });
}

/// Of one thread count; null for a launch that has no such point, but there is one at least. Those
/// whose rounds are not like the first one's are left out: they cannot be compared.
Point merged(std::span<const Point* const> launches) {
  const Point& first =
      **std::find_if(launches.begin(), launches.end(), [](const Point* each) { return each; });
  Point whole = first;
  whole.samples = {};
  whole.gil_demands.clear();
  for (std::size_t number = 0; number < launches.size(); ++number) {
    if (!launches[number] || round_counts_of(*launches[number]) != round_counts_of(first)) continue;
    Samples samples = launches[number]->samples;
    samples.launch.assign(samples.size(), static_cast<double>(number));
    Samples::for_each_member([&](auto member) { append(whole.samples.*member, samples.*member); });
    append(whole.gil_demands, launches[number]->gil_demands);
    whole.other_cpus = std::min(whole.other_cpus, launches[number]->other_cpus);
    whole.control_other_cpus =
        std::min(whole.control_other_cpus, launches[number]->control_other_cpus);
  }
  sort_by_time(whole.samples);
  if (!whole.gil_demands.empty()) whole.gil_demand = median(whole.gil_demands);
  return whole;
}

/// Google Benchmark's entries of another process are further repetitions; its aggregates are of one
/// process only, the first one's.
void append_benchmarks(nlohmann::json& all, nlohmann::json more, std::size_t number) {
  for (nlohmann::json& entry : more) {
    if (number > 0 && entry.value("run_type", "") == "aggregate") continue;
    if (entry.contains("repetition_index") && entry.contains("repetitions")) {
      const auto own = entry["repetitions"].get<std::size_t>();
      entry["repetition_index"] = entry["repetition_index"].get<std::size_t>() + number * own;
      entry["repetitions"] = own * launches_of_a_version;
    }
    all.push_back(std::move(entry));
  }
}

}  // namespace

Case launch_of(Case planned, std::size_t number) {
  constexpr auto parts = static_cast<std::int64_t>(launches_of_a_version);
  constexpr std::uint64_t apart = 1 << 20;  // further than the seeds of cases
  planned.seed += number * apart;
  planned.stop.budget_s /= parts;
  planned.stop.at_least_s /= parts;
  if (planned.stop.exactly) planned.stop.exactly = (*planned.stop.exactly + parts - 1) / parts;
  return planned;
}

Question merged(std::span<const Question* const> launches) {
  std::vector<const Point*> points;
  Question whole;
  whole.stop = launches.front()->stop;
  for (const Question* each : launches) {
    points.push_back(&each->point);
    whole.spent_s += each->spent_s;
    if (!each->stop) whole.stop.reset();
  }
  whole.point = merged(points);
  return whole;
}

CaseResult merged(std::vector<CaseResult> launches) {
  CaseResult whole = launches.front();
  whole.points.clear();
  whole.benchmarks = nlohmann::json::array();
  for (std::size_t number = 0; number < launches.size(); ++number) {
    CaseResult& each = launches[number];
    if (!whole.failure) whole.failure = each.failure;
    if (!whole.python) whole.python = each.python;
    if (whole.context.empty()) whole.context = each.context;
    append_benchmarks(whole.benchmarks, std::move(each.benchmarks), number);
  }
  for (const int threads : whole.planned.threads) {
    std::vector<const Point*> points;
    for (const CaseResult& each : launches) points.push_back(point_at(each, threads));
    if (std::any_of(points.begin(), points.end(), [](const Point* each) { return each; }))
      whole.points.push_back(merged(points));
  }
  return whole;
}

}  // namespace gilscale
