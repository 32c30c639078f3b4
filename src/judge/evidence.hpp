#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gilscale/measure/point.hpp"
#include "gilscale/statistics/decision.hpp"

namespace gilscale {

/// On which side of a bound one sample is. Of the two sides, one may be the machine's doing: a low
/// speedup, a long call. There a sample counts only as far as the machine does not explain it.
struct ComparedSample {
  bool disturbed = false;   ///< the control says so
  bool tells = true;        ///< else code whose threads take turns would be creditable there, too
  bool creditable = false;  ///< on the side that no shortage of the machine leads to
  bool blamable = false;    ///< on the other, whatever the machine lacked
  bool blamable_as_it_was = false;  ///< and also with all that the threads waited for CPUs
};

/// What samples say about a bound while they come in, decided by sign_evidence.
///
/// Disturbed samples are told by the control, the denominator of a relative efficiency, so leaving
/// them out is one-sided where a disturbance hits single rounds: then the others are those in which
/// it hit the workload. So all samples decide on blame, and those that are left must lean to it.
/// Only where disturbances come in spells that last for whole samples, what is left decides.
class Evidence {
 public:
  void add(const ComparedSample& sample);
  [[nodiscard]] bool credits(double error) const;
  [[nodiscard]] bool blames(double error) const;
  /// How many times as many samples decide if the others are as these are; none if they hardly ever
  /// do.
  [[nodiscard]] std::optional<double> times_to_decide(double error) const;
  [[nodiscard]] std::size_t samples() const { return samples_; }
  [[nodiscard]] std::size_t disturbed() const { return disturbed_; }

 private:
  [[nodiscard]] Evidence times(double factor) const;
  [[nodiscard]] bool come_in_spells() const;

  SignTally creditable_;
  // Of undisturbed samples, and of all of them.
  SignTally blamable_;
  SignTally blamable_as_it_was_;
  SignTally all_blamable_;
  SignTally all_blamable_as_it_was_;
  std::size_t samples_ = 0;
  std::size_t disturbed_ = 0;
  std::size_t changes_ = 0;  ///< from disturbed to undisturbed samples and back
  bool last_disturbed_ = false;
};

/// Whether a sample says anything for code that reaches that relative efficiency: where code whose
/// threads take turns would reach `of_turns` (see SequentialEfficiency), or nearly, it does not.
bool tells(double bound, double of_turns, int threads);

/// What to do for more samples of a point: "raise --budget", or another option of that kind.
std::string advice_for_more(const Point& point, std::string_view budget_option);

}  // namespace gilscale
