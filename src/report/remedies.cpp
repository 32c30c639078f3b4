#include "report/remedies.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "gilscale/text/counted.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

/// "with libjemalloc.so.2 in place of the C library's allocator, 2 threads make 1.45 [1.40, 1.50]
/// times the calls: it helps".
std::string allocator_text(const AllocatorTrial& trial, int threads) {
  constexpr double let_pass = 0.05;
  const auto& [estimate, low, high] = trial.throughput;
  const char* remark = "";
  if (low > 1 + let_pass)
    remark = ": it helps";
  else if (high < 1 - let_pass)
    remark = ": it makes it worse";
  else if (low > 1 - let_pass && high < 1 + let_pass)
    remark = ": it makes no difference";
  return fmt::format("with {} in place of the C library's allocator, {} make {} times the calls{}",
                     std::filesystem::path(trial.library).filename().string(),
                     counted(threads, "thread"), with_interval(trial.throughput), remark);
}

}  // namespace

std::vector<std::string> remedies_of(const JudgedCase& judged, const Point& point) {
  std::vector<std::string> sentences;
  for (const WhatIf& each : judged.what_ifs_at(point.threads))
    sentences.push_back(sentence_of(each, point.threads));
  if (point.allocator) sentences.push_back(allocator_text(*point.allocator, point.threads));
  return sentences;
}

}  // namespace gilscale
