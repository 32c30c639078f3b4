#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gilscale/judge/scalability.hpp"
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
  by_ledger_round,   ///< of one thread
  by_ledger_pair,    ///< of one thread and of all; needs --why
  by_latency_round,  ///< needs --latency
  once,              ///< without an interval
};

/// How a figure stands in files.
enum class Shown {
  interval,  ///< with the interval of its median
  number,    ///< alone
};

/// A figure of a point, as result files name it: one row drives expectations, JSON, CSV, the
/// listing and the tests of the documents.
struct Metric {
  std::string_view name;     ///< "time.cpu" is `cpu` in the object `time`
  std::string_view meaning;  ///< a phrase for `gilscale list`
  bool absolute = false;     ///< rests on how fast the machine was at that moment
  bool of_scaling = false;   ///< says nothing at one thread
  Measured measured = Measured::by_sample;
  Cores cores = Cores::no_matter;
  Shown shown = Shown::interval;
  bool in_csv = true;
  /// In the order of time; none where it is not measured.
  std::vector<double> (*values)(const Point& point, const PointValues& values);
  /// What stands in files where that is not the median of the values.
  double (*number)(const PointFigures& figures) = nullptr;
};

std::span<const Metric> point_metrics();

/// What files show of a metric at a point; a number alone has no ends. Nothing where it was not
/// measured.
std::optional<Estimate> figure_of(const Metric& metric, const MeasuredPoint& measured);

/// A figure of a case as a whole.
struct CaseMetric {
  std::string_view name;
  std::string_view meaning;
  bool whole;     ///< a whole number, without an interval
  bool of_curve;  ///< of how it scales with the number of threads
  std::optional<Estimate> (*value)(const Scalability& scalability, const GilState& gil);
};

std::span<const CaseMetric> case_metrics();

/// The metric of that name; null if there is none.
const Metric* find_metric(std::string_view name);
const CaseMetric* find_case_metric(std::string_view name);

}  // namespace gilscale
