#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/judge/differences.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// What changed between two versions of the measured code, point by point.

enum class ChangeVerdict { faster, slower, same, unclear };

/// "faster", "slower", "same", "unclear".
std::string_view to_string(ChangeVerdict verdict);

/// One point of both versions. All ratios are new over old, with their intervals.
struct Change {
  std::string name;            ///< the case's label and "@2"; a benchmark's name
  std::optional<int> threads;  ///< none for a benchmark of other programs
  std::optional<Estimate> call_s;
  std::optional<Estimate> throughput_per_s;
  std::optional<Estimate> speedup;
  std::optional<Estimate> relative_efficiency;
  /// What a call costs at one speed of the machine, with all the cores there that were asked for;
  /// of interleaved samples, the time of a call in the same moments. The verdict rests on it.
  Estimate cost;
  double p = 1;            ///< two-sided, of this point alone
  double corrected_p = 1;  ///< for the number of points, see correct_p()
  ChangeVerdict verdict = ChangeVerdict::unclear;
  std::string why;  ///< why it is unclear; empty otherwise
};

/// Two versions beside each other.
struct Changes {
  std::string before;       ///< what the old version is: a file, a folder
  std::string how;          ///< "baseline", "against" or "compare"
  double threshold = 0.05;  ///< a cost within this share of the other one is the same
  std::vector<Change> points;
  std::vector<std::string> only_before;  ///< names of points without a partner
  std::vector<std::string> only_after;
  std::vector<Difference> differences;  ///< what else differs between the two
};

/// How two versions are compared.
struct ChangeRule {
  double threshold = 0.05;
  std::size_t points = 1;   ///< how many share the error (Bonferroni)
  bool paired = false;      ///< samples of the same block and launch were taken beside each other
  bool sequential = false;  ///< decided while samples come in; pairs always are
};

/// A point and the case that it is of.
struct PointOf {
  const CaseResult* result;
  const Point* point;
};

/// The same point in two versions.
Change change_between(const PointOf& before, const PointOf& after, const ChangeRule& rule);

/// A benchmark of any program: its times in seconds, one for each repetition.
Change change_of_times(const std::string& name, const std::vector<double>& before_s,
                       const std::vector<double>& after_s, const ChangeRule& rule);

/// Corrects each point's p for how many points there are now (Holm).
void correct_p(Changes& changes);

/// "cpp_fib/30@2".
std::string name_of_point(const CaseResult& result, const Point& point);

/// The points of a case of the old version are there; they count as missing until they are
/// compared.
void add_before(Changes& changes, const CaseResult& before);

/// Compares a case with that of the old version, null if it has none: p is not corrected yet.
void add_after(Changes& changes, const CaseResult* before, const CaseResult& after,
               const ChangeRule& rule);

/// Every point that both have, with p corrected for their number (Holm). They share the error, and
/// so do those of `rule.points` that never came to be.
Changes changes_between(const std::vector<CaseResult>& before, const std::vector<CaseResult>& after,
                        ChangeRule rule);

}  // namespace gilscale
