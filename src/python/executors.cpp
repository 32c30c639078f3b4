#include "python/executors.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>

#include "gilscale/measure/native_executor.hpp"

namespace gilscale {
namespace {

struct Maker {
  std::string_view kind;  ///< of the table in model/executors.cpp
  std::unique_ptr<Executor> (*make)(const ExecutorSetup& setup);
};

constexpr std::array<Maker, 5> makers{{
    {"threads", make_threads_executor},
    {"pool", make_pool_executor},
    {"interpreters", make_interpreters_executor},
    {"processes", make_processes_executor},
    {"native", make_native_executor},
}};

}  // namespace

std::unique_ptr<Executor> make_executor(const ExecutorSetup& setup) {
  const auto* maker = std::find_if(makers.begin(), makers.end(), [&](const Maker& each) {
    return each.kind == setup.planned.executor;
  });
  assert(maker != makers.end());
  return maker->make(setup);
}

std::unique_ptr<Executor> make_native_executor(const ExecutorSetup& setup) {
  return std::make_unique<NativeExecutor>(setup.placement);
}

}  // namespace gilscale
