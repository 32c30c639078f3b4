#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gilscale/judge/cause.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

enum class Verdict {
  parallel,         ///< relative efficiency of at least 0.9
  gil_bound,        ///< speedup stays at about 1 because the GIL is held
  partial,          ///< scales up to a bound that is named
  contended,        ///< slower with more threads than with one
  machine_limited,  ///< uses all that the machine gave, which was less than the threads asked for
  inconclusive,
  failed,
  unavailable,  ///< this Python does not have what the case needs
};

/// The word as in tables and files: "gil-bound".
std::string_view to_string(Verdict verdict);

struct Judgement {
  Verdict verdict;
  std::string why;                  ///< one sentence
  std::optional<Cause> cause = {};  ///< why it does not scale; none where it does
};

/// Judges a case by the largest number of threads for which the machine had the cores. Its samples
/// decide (see evidence.hpp), and where the control shows that the cores were missing, nothing is
/// said against the workload.
/// `points` are those of the case that have samples.
Judgement judge(const CaseResult& result, std::span<const MeasuredPoint> points);

/// Whether a point had its cores, so that it may decide, and does not yet: more samples may help.
bool is_open(const CaseResult& result, const Point& point);

}  // namespace gilscale
