// gilscale_calibration: workloads whose scaling is known beforehand, to tell whether gilscale
// measures right.
//
//   with N threads            speedup
//   hold(us)                  1, on any machine (with the GIL on)
//   release(us)               N, on any machine: it waits
//   hold_release(h, r)        at most (h + r) / h, on any machine
//   Locked().hold(us)         1 if the threads share the object, N if each has its own
//   Locked().hold_release     at most (h + r) / h, likewise; WriteLocked has a lock of writers
//   hold_in_callback(h, r)    at most (h + r) / h, on any machine
//   Counter().add(times)      less than 1 if the threads share the object
//   burn_...                  the same, but computing: at most the cores there are

#include <pybind11/pybind11.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include "gilscale/measure/arithmetic.hpp"

#ifdef __linux__
#include <sys/prctl.h>

#include <cerrno>
#include <ctime>
#endif

namespace py = pybind11;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr Microseconds longest = 1min;

Microseconds checked(double us) {
  if (!(us >= 0 && us <= longest.count())) {  // written so that NaN fails too
    throw py::value_error("a time of " + std::to_string(us) +
                          " us: give microseconds from 0 to 60e6 (one minute)");
  }
  return Microseconds(us);
}

// ---- waiting ----

void nap_until(Clock::time_point when) {
  if (Clock::now() >= when) return;
#ifdef __linux__
  // Linux lets a thread wake 50 us late, to save energy, unless told otherwise (in nanoseconds).
  [[maybe_unused]] thread_local const int told = prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  // steady_clock is CLOCK_MONOTONIC. An absolute time, because a thread may lose its core just
  // before it sleeps.
  const auto ns = std::chrono::nanoseconds(when.time_since_epoch()).count();
  const timespec wake{static_cast<std::time_t>(ns / 1'000'000'000),
                      static_cast<long>(ns % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nullptr) == EINTR) {
  }
#else
  std::this_thread::sleep_until(when);
#endif
}

// Never returns early, and 0.1 us late; what runs next on a core that has idled meets cold caches,
// which costs the caller another 10 to 20 us after 20 ms. Measured on a 2-core virtual machine:
// - A core wakes later the longer it idled: 110 us late after 20 ms (median; 160 us at the 99th
//   percentile), 25 us after 200 us (50 to 70 us). So two naps, the second one short, leave a spin
//   of 50 us where one nap would leave 200 us. A spin must be short: it is CPU time that waiting
//   work should not use, and threads that share a core spin one after the other.
// - No sched_yield() in the spin: beside a busy process, each call would take up to a tick of the
//   scheduler (4 ms) longer. Without it, 16 threads that wait 1 ms on one core take 4 to 6 %
//   longer than one, which is what their wake-ups alone cost.
void wait_until(Clock::time_point deadline) {
  nap_until(deadline - 250us);
  nap_until(deadline - 50us);
  while (Clock::now() < deadline) {
  }
}

Clock::time_point after(Microseconds time) {
  return Clock::now() + std::chrono::ceil<Clock::duration>(time);
}

// The deadline is set before the GIL is released, and the wait to get it back comes on top.
void wait_released(Microseconds time) {
  const auto deadline = after(time);
  const py::gil_scoped_release nogil;
  wait_until(deadline);
}

void hold(double us) { wait_until(after(checked(us))); }

void release(double us) { wait_released(checked(us)); }

void hold_release(double hold_us, double release_us) {
  const auto held = checked(hold_us);
  const auto released = checked(release_us);
  wait_until(after(held));
  wait_released(released);
}

// The GIL is released, and taken again in a callback, as from a library in C.
void hold_in_callback(double hold_us, double release_us) {
  const auto held = checked(hold_us);
  const auto released = checked(release_us);
  const py::gil_scoped_release nogil;
  const PyGILState_STATE state = PyGILState_Ensure();
  wait_until(after(held));
  const auto deadline = after(released);
  PyGILState_Release(state);
  wait_until(deadline);
}

// As above, on a thread that Python did not start.
void hold_in_native_thread(double hold_us, double release_us) {
  const auto released = checked(release_us);
  const auto held = checked(hold_us);
  const py::gil_scoped_release nogil;
  Clock::time_point deadline;
  std::thread([&] {
    const PyGILState_STATE state = PyGILState_Ensure();
    wait_until(after(held));
    deadline = after(released);
    PyGILState_Release(state);
  }).join();
  wait_until(deadline);
}

// An object with a lock of its own, as many extensions have it.
template <typename Mutex>
class Guarded {
 public:
  void hold(double us) {
    const auto time = checked(us);
    const py::gil_scoped_release nogil;
    const std::lock_guard lock(mutex_);
    wait_until(after(time));
  }

  void hold_release(double hold_us, double release_us) {
    const auto held = checked(hold_us);
    const auto released = checked(release_us);
    const py::gil_scoped_release nogil;
    Clock::time_point deadline;
    {
      const std::lock_guard lock(mutex_);
      wait_until(after(held));
      deadline = after(released);
    }
    wait_until(deadline);
  }

 private:
  Mutex mutex_;
};

// ---- computing ----
// An amount of arithmetic, not a deadline: with a deadline on the clock, threads that share a core
// would seem to scale; with one on CPU time, so would threads whose cycles the hypervisor gave to
// somebody else.

// The arithmetic of gilscale's control, so that cores, siblings and clock rates treat both alike.
using gilscale::compute;

std::atomic<double> known_rate{0};  // steps per us; 0 before the first calibration
std::mutex calibrating;             // taken detached only, so that nobody waits for it with the GIL

// Called with `calibrating` held. The fastest of 64 runs of some 30 us each: noise only ever slows
// a run down.
double calibrate() {
  constexpr std::uint64_t steps = 80;
  double fastest = std::numeric_limits<double>::infinity();
  for (int run = 0; run < 64; ++run) {
    const auto start = Clock::now();
    compute(steps);
    fastest = std::min(fastest, Microseconds(Clock::now() - start).count());
  }
  known_rate = static_cast<double>(steps) / fastest;
  return known_rate;
}

double recalibrate() {
  const py::gil_scoped_release nogil;
  const std::lock_guard lock(calibrating);
  return calibrate();
}

// Called attached; detaches at the process's first use.
double burn_rate() {
  if (const double rate = known_rate; rate > 0) return rate;
  const py::gil_scoped_release nogil;
  const std::lock_guard lock(calibrating);
  return known_rate > 0 ? known_rate.load() : calibrate();
}

std::uint64_t steps_for(Microseconds time) {
  return static_cast<std::uint64_t>(std::llround(time.count() * burn_rate()));
}

void compute_released(std::uint64_t steps) {
  const py::gil_scoped_release nogil;
  compute(steps);
}

void burn_hold(double us) { compute(steps_for(checked(us))); }

void burn_release(double us) { compute_released(steps_for(checked(us))); }

void burn_hold_release(double hold_us, double release_us) {
  const auto held = steps_for(checked(hold_us));
  const auto released = steps_for(checked(release_us));
  compute(held);
  compute_released(released);
}

// ---- slower on a CPU ----

// Threads that share it write to one cache line.
class Counter {
 public:
  void add(std::int64_t times) {
    if (times < 0) throw py::value_error("times: give 0 or more");
    const py::gil_scoped_release nogil;
    for (std::int64_t i = 0; i < times; ++i) count_.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> count_{0};
};

// ---- nothing ----

PyObject* empty(PyObject*, PyObject*) { Py_RETURN_NONE; }

// Past pybind11, whose dispatch alone costs several times what a plain C function does.
PyMethodDef plain_functions[] = {
    {"empty", empty, METH_NOARGS,
     "empty()\n--\n\nDoes nothing: what is measured is the harness's own cost."},
    {nullptr, nullptr, 0, nullptr},
};

template <typename Mutex>
void def_guarded(py::module_& m, const char* name) {
  using Class = Guarded<Mutex>;
  py::class_<Class>(m, name)
      .def(py::init<>())
      .def("hold", &Class::hold, py::arg("us"),
           "Sleep with the object's own lock held and the GIL released.")
      .def("hold_release", &Class::hold_release, py::arg("hold_us"), py::arg("release_us"),
           "Sleep with the object's own lock held, then without it; all with the GIL released.");
}

}  // namespace

PYBIND11_MODULE(gilscale_calibration, m, py::mod_gil_not_used(),
                py::multiple_interpreters::per_interpreter_gil()) {
  m.doc() =
      "Workloads with known scaling. Times are microseconds from 0 to 60e6, else ValueError.\n\n"
      "hold, release and hold_release sleep until the clock says so. The burn_ functions do a "
      "fixed amount of arithmetic, worth the time given on one undisturbed core; the rate of that "
      "is measured once per process, at first use.";

  m.def("hold", &hold, py::arg("us"), "Sleep with the GIL held.");
  m.def("release", &release, py::arg("us"),
        "Sleep with the GIL released; the wait to get it back comes on top.");
  m.def("hold_release", &hold_release, py::arg("hold_us"), py::arg("release_us"),
        "Sleep with the GIL held, then with it released.");

  m.def("hold_in_callback", &hold_in_callback, py::arg("hold_us"), py::arg("release_us"),
        "As hold_release, with the GIL taken by PyGILState_Ensure while it is released.");
  m.def("hold_in_native_thread", &hold_in_native_thread, py::arg("hold_us"), py::arg("release_us"),
        "The same on a thread of its own, for which the caller waits.");

  def_guarded<std::mutex>(m, "Locked");
  def_guarded<std::shared_mutex>(m, "WriteLocked");

  py::class_<Counter>(m, "Counter")
      .def(py::init<>())
      .def("add", &Counter::add, py::arg("times"),
           "Adds to an atomic number of the object, with the GIL released.");

  m.def("burn_hold", &burn_hold, py::arg("us"), "Compute with the GIL held.");
  m.def("burn_release", &burn_release, py::arg("us"), "Compute with the GIL released.");
  m.def("burn_hold_release", &burn_hold_release, py::arg("hold_us"), py::arg("release_us"),
        "Compute with the GIL held, then with it released.");
  m.def("burn_rate", &burn_rate, "Iterations per microsecond that the burn_ functions count on.");
  m.def("recalibrate", &recalibrate,
        "Measure the rate again (a few milliseconds, with the GIL released) and return it.");

  if (PyModule_AddFunctions(m.ptr(), plain_functions) < 0) throw py::error_already_set();
}
