#include "gilscale/model/result.hpp"

#include <algorithm>

#include "gilscale/text/printable.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<FailureKind, 8> failure_kinds{{{
    {FailureKind::usage, "usage"},
    {FailureKind::exception, "exception"},
    {FailureKind::signal, "signal"},
    {FailureKind::exit, "exit"},
    {FailureKind::timeout, "timeout"},
    {FailureKind::interrupted, "interrupted"},
    {FailureKind::unreachable, "unreachable"},
    {FailureKind::unavailable, "unavailable"},
}}};

}  // namespace

std::string_view to_string(FailureKind kind) { return failure_kinds.word_of(kind); }

FailureKind failure_kind_of(std::string_view word) {
  return failure_kinds.value_of(word).value_or(FailureKind::exception);
}

std::span<const GilModule> enabled_by(const GilState& gil) {
  if (gil.at_start || !gil.after_run) return {};
  return gil.modules;
}

const Point* point_at(const CaseResult& result, int threads) {
  const auto found = std::find_if(
      result.points.begin(), result.points.end(),
      [&](const Point& point) { return point.threads == threads && point.samples.size() > 0; });
  return found == result.points.end() ? nullptr : &*found;
}

const CaseResult* same_case(const Case& planned, const std::vector<CaseResult>& results) {
  // Those that were read from a file have been made so.
  const std::string label = printable(label_of(planned));
  const auto found = std::find_if(results.begin(), results.end(), [&](const CaseResult& result) {
    return printable(label_of(result.planned)) == label;
  });
  return found == results.end() ? nullptr : &*found;
}

}  // namespace gilscale
