#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/model/case.hpp"

namespace gilscale {

enum class Relation { at_least, more, at_most, less };

/// ">=", ">", "<=", "<".
std::string_view to_string(Relation relation);

/// What --expect says: "WORKLOAD[@THREADS] METRIC OP NUMBER", as in
/// "cpp_fib_nogil@2 relative_efficiency >= 0.9". Where the workload ends with a Python in brackets,
/// or the number of threads does, it is about that one only: "cpp_fib_nogil@2[3.14t] ...".
struct Expectation {
  std::string text;            ///< as the user wrote it
  std::string workload;        ///< a name, a label as in tables, or a pattern with * and ?
  std::optional<int> threads;  ///< @2
  bool at_max = false;         ///< @max: the largest count that was measured
  std::string interpreter;     ///< a name, or a pattern with * and ?; empty: all of them
  std::string metric;          ///< of the result file: "relative_efficiency"
  Relation relation = Relation::at_least;
  double bound = 0;
  std::size_t decisions = 1;  ///< of the run: each about one point, and all share the error

  /// Whether values above the bound are the wanted ones.
  [[nodiscard]] bool wants_more() const {
    return relation == Relation::at_least || relation == Relation::more;
  }
};

/// Throws UsageError that says what is wrong, where, and what the form is.
Expectation parse_expectation(std::string_view text);

/// What is warned of before anything is measured: that the metric rests on absolute time. Empty if
/// there is nothing to say.
std::string warning_of(const Expectation& expectation);

/// Whether the expectation is about this case at all, or about that point of it.
bool applies_to(const Expectation& expectation, const Case& planned);
bool applies_to(const Expectation& expectation, const Case& planned, int threads);

/// Whether the expectation is about none of the cases that will be measured.
bool matches_nothing(const Expectation& expectation, const std::vector<Case>& cases);

/// Whether it names one of them at all, at whatever point.
bool names_any(const Expectation& expectation, const std::vector<Case>& cases);

/// Throws UsageError that says why it matches nothing.
[[noreturn]] void refuse_unmatched(const Expectation& expectation, const std::vector<Case>& cases);

}  // namespace gilscale
