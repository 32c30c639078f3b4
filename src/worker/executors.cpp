#include "worker/executors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "gilscale/measure/native_executor.hpp"

namespace gilscale {
namespace {

std::unique_ptr<Executor> make_native_executor(const ExecutorSetup& setup) {
  return std::make_unique<NativeExecutor>(setup.placement);
}

struct Maker {
  std::string_view kind;  ///< of the table in model/executors.cpp
  std::unique_ptr<Executor> (*make)(const ExecutorSetup& setup);
};

/// Of those that are not the plug-in's.
constexpr std::array<Maker, 2> makers{{
    {"native", make_native_executor},
    {"processes", make_processes_executor},
}};

}  // namespace

std::unique_ptr<Executor> make_executor(const ExecutorSetup& setup) {
  const std::string& kind = setup.planned.executor;
  const auto* maker = std::find_if(makers.begin(), makers.end(),
                                   [&](const Maker& each) { return each.kind == kind; });
  return maker == makers.end() ? setup.python->make_executor(kind) : maker->make(setup);
}

}  // namespace gilscale
