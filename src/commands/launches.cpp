#include "commands/launches.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

/// By blocks, and in a block by launches.
Samples in_order_of_time(const Samples& samples) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return samples.block[a] < samples.block[b];
  });
  return samples_at(samples, order);
}

/// Of one thread count; null for a launch that has no such point, but there is one at least. Those
/// whose rounds are not like the first one's are left out: they cannot be compared.
Point merged(std::span<const Point* const> launches) {
  const Point& first =
      **std::find_if(launches.begin(), launches.end(), [](const Point* each) { return each; });
  Samples samples;
  std::vector<double> demands;
  Point whole = first;
  forget_ledgers(whole);
  for (std::size_t number = 0; number < launches.size(); ++number) {
    if (!launches[number] || round_counts_of(*launches[number]) != round_counts_of(first)) continue;
    const Point& launch = *launches[number];
    append(samples, launch.samples);
    samples.launch.resize(samples.size() - launch.samples.size());
    samples.launch.resize(samples.size(), static_cast<double>(number));
    demands.insert(demands.end(), launch.gil_demands.begin(), launch.gil_demands.end());
    add_ledgers(whole, launch);
    for (const NamedWait& wait : launch.waits) add_to(whole.waits, wait);
    for (const NamedWait& hold : launch.hold_sites) add_to(whole.hold_sites, hold);
    whole.other_cpus = std::min(whole.other_cpus, launch.other_cpus);
    whole.control_other_cpus = std::min(whole.control_other_cpus, launch.control_other_cpus);
  }
  whole.samples = in_order_of_time(samples);
  keep_largest(whole.waits);
  keep_largest(whole.hold_sites);
  if (!demands.empty()) whole.gil_demand = median(demands);
  whole.gil_demands = std::move(demands);
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
