#include "gilscale/model/case.hpp"

#include <fmt/format.h>

#include "gilscale/model/executors.hpp"

namespace gilscale {

std::string benchmark_name(const Case& planned, int threads) {
  return fmt::format("{}/executor:{}/threads:{}", label_of(planned.workload), planned.executor,
                     threads);
}

std::string reported_name(const Case& planned, int threads) {
  return benchmark_name(planned, threads) + "/manual_time";
}

std::string label_of(const Case& planned) {
  const std::string label = label_of(planned.workload);
  const bool is_default = planned.executor == executor_kinds().front().name;
  return is_default ? label : fmt::format("{} ({})", label, planned.executor);
}

}  // namespace gilscale
