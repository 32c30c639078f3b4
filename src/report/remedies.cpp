#include "report/remedies.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "gilscale/text/counted.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

constexpr double let_pass = 0.05;

bool helps(const Estimate& gain) { return gain.low > 1 + let_pass; }

/// What a factor says of a change.
const char* remark_on(const Estimate& gain) {
  if (helps(gain)) return ": it helps";
  if (gain.high < 1 - let_pass) return ": it makes it worse";
  return gain.low > 1 - let_pass && gain.high < 1 + let_pass ? ": it makes no difference" : "";
}

/// "with libjemalloc.so.2 in place of the C library's allocator, 2 threads make 1.45 [1.40, 1.50]
/// times the calls: it helps".
std::string allocator_text(const AllocatorTrial& trial, int threads) {
  return fmt::format("with {} in place of the C library's allocator, {} make {} times the calls{}",
                     std::filesystem::path(trial.library).filename().string(),
                     counted(threads, "thread"), with_interval(trial.throughput),
                     remark_on(trial.throughput));
}

/// "with what they share made immortal, so that nobody counts references to it, 2 threads make 3.10
/// [2.80, 3.30] times the calls; give each thread objects of its own ...".
std::string immortal_text(const ImmortalTrial& trial, int threads) {
  constexpr const char* advice =
      "; give each thread objects of its own, or make references to them deferred "
      "(PyUnstable_Object_EnableDeferredRefcount, CPython 3.14)";
  return fmt::format(
      "with what they share made immortal, so that nobody counts references to it, "
      "{} make {} times the calls{}",
      counted(threads, "thread"), with_interval(trial.throughput),
      helps(trial.throughput) ? advice : remark_on(trial.throughput));
}

}  // namespace

std::vector<std::string> remedies_of(const JudgedCase& judged, const Point& point) {
  std::vector<std::string> sentences;
  for (const WhatIf& each : judged.what_ifs_at(point.threads))
    sentences.push_back(sentence_of(each, point.threads));
  if (point.allocator) sentences.push_back(allocator_text(*point.allocator, point.threads));
  if (point.immortal) sentences.push_back(immortal_text(*point.immortal, point.threads));
  return sentences;
}

}  // namespace gilscale
