#include "python/executors.hpp"

#include <Python.h>

#include <cassert>
#include <string>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

/// Of the list of all makers. They are static objects of other files, made in any order, but all
/// after this.
constinit const ExecutorMaker* first_maker = nullptr;

}  // namespace

ExecutorMaker::ExecutorMaker(std::string_view kind, Make function) noexcept
    : kind_(kind), make_(function), next_(first_maker) {
  first_maker = this;
}

ExecutorMaker::ExecutorMaker(std::string_view kind, const char* needed) noexcept
    : kind_(kind), needed_(needed), next_(first_maker) {
  first_maker = this;
}

const ExecutorMaker* ExecutorMaker::of(std::string_view kind) {
  const ExecutorMaker* each = first_maker;
  while (each && each->kind_ != kind) each = each->next_;
  return each;
}

std::unique_ptr<Executor> ExecutorMaker::make(PythonWorkload& workload) const {
  if (make_) return make_(workload);
  throw UnavailableError(std::string("this is CPython " PY_VERSION ", and ") + needed_ +
                         " or newer");
}

std::unique_ptr<Executor> make_python_executor(std::string_view kind, PythonWorkload& workload) {
  const ExecutorMaker* maker = ExecutorMaker::of(kind);
  assert(maker);
  return maker->make(workload);
}

}  // namespace gilscale
