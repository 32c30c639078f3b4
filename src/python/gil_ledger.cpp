#include "python/gil_ledger.hpp"

#include <Python.h>
#include <dlfcn.h>

#include <chrono>

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

struct Account {
  bool open = false;
  Clock::time_point detached_at{};
  Clock::duration detached{};
};

thread_local Account account;

/// libpython's own function, which ours hides.
template <typename Function>
Function* next(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  if (!found) Py_FatalError("gilscale: libpython lacks a function that it must have");
  return reinterpret_cast<Function*>(found);
}

}  // namespace

void GilLedger::start() { account = {true, {}, {}}; }

double GilLedger::stop() {
  account.open = false;
  return std::chrono::duration<double>(account.detached).count();
}

}  // namespace gilscale

extern "C" PyThreadState* PyEval_SaveThread() {
  static auto* const save = gilscale::next<PyThreadState*()>("PyEval_SaveThread");
  PyThreadState* const state = save();
  if (gilscale::account.open) gilscale::account.detached_at = gilscale::Clock::now();
  return state;
}

extern "C" void PyEval_RestoreThread(PyThreadState* state) {
  static auto* const restore = gilscale::next<void(PyThreadState*)>("PyEval_RestoreThread");
  if (gilscale::account.open)
    gilscale::account.detached += gilscale::Clock::now() - gilscale::account.detached_at;
  restore(state);
}
