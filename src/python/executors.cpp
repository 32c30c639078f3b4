#include "python/executors.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace gilscale {
namespace {

struct Maker {
  std::string_view kind;
  std::unique_ptr<Executor> (*make)(PythonWorkload& workload);
};

constexpr std::array<Maker, 3> makers{{
    {"threads", make_threads_executor},
    {"pool", make_pool_executor},
    {"interpreters", make_interpreters_executor},
}};

}  // namespace

std::unique_ptr<Executor> make_python_executor(std::string_view kind, PythonWorkload& workload) {
  const auto* maker = std::find_if(makers.begin(), makers.end(),
                                   [&](const Maker& each) { return each.kind == kind; });
  assert(maker != makers.end());
  return maker->make(workload);
}

}  // namespace gilscale
