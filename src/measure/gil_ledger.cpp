#include "gilscale/measure/gil_ledger.hpp"

#include <dlfcn.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

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
  if (!found) {
    std::fprintf(stderr, "gilscale: libpython lacks %s; please report it\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace

void GilLedger::start() { account = {true, {}, {}}; }

double GilLedger::stop() {
  account.open = false;
  return std::chrono::duration<double>(account.detached).count();
}

}  // namespace gilscale

// As Python declares them: PyThreadState* is a pointer that is only passed on.
extern "C" [[gnu::visibility("default")]] void* PyEval_SaveThread() {
  static auto* const save = gilscale::next<void*()>("PyEval_SaveThread");
  void* const state = save();
  if (gilscale::account.open) gilscale::account.detached_at = gilscale::Clock::now();
  return state;
}

extern "C" [[gnu::visibility("default")]] void PyEval_RestoreThread(void* state) {
  static auto* const restore = gilscale::next<void(void*)>("PyEval_RestoreThread");
  if (gilscale::account.open)
    gilscale::account.detached += gilscale::Clock::now() - gilscale::account.detached_at;
  restore(state);
}
