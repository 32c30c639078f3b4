#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gilscale/measure/point.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

/// What a figure says when the machine did not have the cores: nothing against the workload where
/// it is one of these.
enum class Cores {
  no_matter,
  missing_lower_it,  ///< a speedup
  missing_raise_it,  ///< a call of many threads
};

/// How often a figure is measured at one point.
enum class Measured {
  by_sample,
  by_ledger_round,
  once,  ///< without an interval
};

/// A figure of a point, as result files name it.
struct Metric {
  std::string_view name;
  bool absolute = false;    ///< rests on how fast the machine was at that moment
  bool of_scaling = false;  ///< says nothing at one thread
  Measured measured = Measured::by_sample;
  Cores cores = Cores::no_matter;
  /// In the order of time; none where it is not measured.
  std::vector<double> (*values)(const Point& point, const PointValues& values);
};

std::span<const Metric> point_metrics();

/// A figure of a case as a whole.
struct CaseMetric {
  std::string_view name;
  std::optional<double> (*value)(const CaseResult& result);
};

std::span<const CaseMetric> case_metrics();

/// The metric of that name; null if there is none.
const Metric* find_metric(std::string_view name);
const CaseMetric* find_case_metric(std::string_view name);

}  // namespace gilscale
