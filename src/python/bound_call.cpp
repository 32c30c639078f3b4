#include "python/bound_call.hpp"

#include <algorithm>
#include <utility>

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// Detaching hands the GIL over if another thread has waited for the switch interval.
void offer_gil() { PyEval_RestoreThread(PyEval_SaveThread()); }

}  // namespace

BoundCall::BoundCall(py::object callable, py::tuple args, const py::dict& kwargs)
    : callable_(std::move(callable)), args_(std::move(args)) {
  slots_.push_back(nullptr);
  for (const py::handle argument : args_) slots_.push_back(argument.ptr());
  if (kwargs.empty()) return;
  py::tuple names(kwargs.size());
  std::size_t i = 0;
  for (const auto& [name, value] : kwargs) {
    names[i++] = name;
    keyword_values_.push_back(py::reinterpret_borrow<py::object>(value));
    slots_.push_back(value.ptr());
  }
  keyword_names_ = std::move(names);
}

bool BoundCall::repeat_batch(std::int64_t calls) {
  PyObject* const callable = callable_.ptr();
  PyObject* const* const arguments = slots_.data() + 1;
  PyObject* const keywords = keyword_names_.ptr();
  const std::size_t flags = args_.size() | PY_VECTORCALL_ARGUMENTS_OFFSET;
  for (std::int64_t i = 0; i < calls; ++i) {
    PyObject* const returned = PyObject_Vectorcall(callable, arguments, flags, keywords);
    if (!returned) return false;
    Py_DECREF(returned);
  }
  return true;
}

bool BoundCall::first_call() {
  looked_at_ = true;
  const auto returned = py::reinterpret_steal<py::object>(
      PyObject_Vectorcall(callable_.ptr(), slots_.data() + 1,
                          args_.size() | PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names_.ptr()));
  if (!returned) return false;
  const PyAsyncMethods* const async = Py_TYPE(returned.ptr())->tp_as_async;
  if (!async || !async->am_await) return true;
  PyErr_Format(
      PyExc_TypeError,
      "it returned an awaitable (%s) that nothing awaits; measure a function that runs it, "
      "as in asyncio.run(work())",
      Py_TYPE(returned.ptr())->tp_name);
  return false;
}

bool BoundCall::once() { return looked_at_ ? repeat_batch(1) : first_call(); }

bool BoundCall::repeat(std::int64_t calls, Seconds switch_interval) {
  Clock::time_point now = Clock::now();
  Clock::time_point offered = now;
  if (!looked_at_ && calls > 0) {
    if (!first_call()) return false;
    --calls;
  }
  while (calls > 0) {
    const Clock::time_point began = now;
    const std::int64_t batch = std::min(batch_, calls);
    if (!repeat_batch(batch)) return false;
    calls -= batch;
    now = Clock::now();
    // A batch lasts between a sixteenth and a quarter of the interval: often enough to be on time,
    // seldom enough for the clock to cost nothing.
    if (now - began < switch_interval / 16 && batch == batch_) batch_ *= 2;
    if (now - began > switch_interval / 4) batch_ = std::max<std::int64_t>(1, batch_ / 2);
    if (now - offered < switch_interval || calls == 0) continue;
    offer_gil();
    now = offered = Clock::now();
  }
  return true;
}

}  // namespace gilscale
