#include "python/executors.hpp"

#include <cassert>

namespace gilscale {
namespace {

/// All makers, as a list: they are static objects of other files, made in any order.
const ExecutorMaker*& first_maker() {
  static const ExecutorMaker* first = nullptr;
  return first;
}

}  // namespace

ExecutorMaker::ExecutorMaker(std::string_view kind, Make function) noexcept
    : kind_(kind), make_(function), next_(first_maker()) {
  first_maker() = this;
}

const ExecutorMaker* ExecutorMaker::of(std::string_view kind) {
  const ExecutorMaker* each = first_maker();
  while (each && each->kind_ != kind) each = each->next_;
  return each;
}

std::unique_ptr<Executor> make_python_executor(std::string_view kind, PythonWorkload& workload) {
  const ExecutorMaker* maker = ExecutorMaker::of(kind);
  assert(maker);
  return maker->make(workload);
}

}  // namespace gilscale
