#include "gilscale/python/plugin.hpp"

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gilscale/text/error.hpp"
#include "gilscale/text/version.hpp"
#include "python/executors.hpp"
#include "python/gil_modules.hpp"
#include "python/host.hpp"
#include "python/interpreter.hpp"
#include "python/python_place.hpp"
#include "python/python_workload.hpp"
#include "python/worker_thread.hpp"

namespace gilscale {
namespace {

using border::FailureSink;
using border::FaultKind;
using border::string_of;
using border::Text;
using border::text_of;

void tell(const FailureSink& failure, FaultKind kind, const char* message,
          const std::string& details = "") {
  failure.tell(failure.to, kind, text_of(message), text_of(details));
}

/// Whether `work` went well; what it throws goes no further than to the sink.
template <typename Work>
bool done(const FailureSink& failure, const Work& work) noexcept {
  try {
    work();
    return true;
  } catch (const UsageError& error) {
    tell(failure, FaultKind::usage, error.what());
  } catch (const UnavailableError& error) {
    tell(failure, FaultKind::unavailable, error.what());
  } catch (const WorkloadError& error) {
    tell(failure, FaultKind::exception, error.what(), error.details());
  } catch (const std::exception& error) {
    tell(failure, FaultKind::exception, error.what());
  }
  return false;
}

/// What is destroyed never: a worker ends without running destructors of foreign code.
PythonWorkload*& workload() {
  static PythonWorkload* only = nullptr;
  return only;
}

Executor& behind(border::Executor* executor) { return *reinterpret_cast<Executor*>(executor); }

bool start(const border::Host* executable, const char* python, FailureSink failure) {
  return done(failure, [&] {
    set_host(*executable);
    start_python(python);
    PyEval_SaveThread();
  });
}

void info(border::InfoSink sink) {
  const py::gil_scoped_acquire attached;
  const InterpreterInfo info = interpreter_info();
  std::string hooks;
  for (const std::string& hook : info.hooks) hooks += hook + "\n";
  const border::Info told{text_of(info.version), text_of(info.build), text_of(info.executable),
                          text_of(hooks),        info.debug ? 1 : 0,  info.empty_call_s};
  sink.tell(sink.to, &told);
}

bool gil_is_on() {
  const py::gil_scoped_acquire attached;
  return gil_enabled() || had_sub_interpreter_with_gil();
}

bool gil_modules(border::GilModuleSink found, FailureSink failure) {
  return done(failure, [&] {
    const py::gil_scoped_acquire attached;
    for (const GilModuleTexts& each : modules_that_need_the_gil()) {
      const border::GilModule told{text_of(each.name), text_of(each.file),
                                   text_of(each.distribution)};
      found.tell(found.to, &told);
    }
  });
}

double switch_interval() {
  const py::gil_scoped_acquire attached;
  return switch_interval_s();
}

bool discover(Text spec, border::TextSink found, FailureSink failure) {
  return done(failure, [&] {
    const py::gil_scoped_acquire attached;
    const std::string text = discover_workloads(string_of(spec));
    found.tell(found.to, text_of(text));
  });
}

bool load(Text spec, FailureSink failure) {
  return done(failure, [&] {
    const py::gil_scoped_acquire attached;
    workload() = std::make_unique<PythonWorkload>(string_of(spec)).release();
  });
}

bool tear_down(FailureSink failure) {
  return done(failure, [&] {
    const py::gil_scoped_acquire attached;
    workload()->tear_down();
  });
}

void flush() {
  const py::gil_scoped_acquire attached;
  flush_output();
}

border::Executor* make_executor(Text kind, FailureSink failure) {
  border::Executor* made = nullptr;
  done(failure, [&] {
    const py::gil_scoped_acquire attached;
    made = reinterpret_cast<border::Executor*>(
        make_python_executor(string_of(kind), *workload()).release());
  });
  return made;
}

void delete_executor(border::Executor* executor) { delete &behind(executor); }

bool prepare(border::Executor* executor, int threads, double* setup_s, FailureSink failure) {
  return done(failure, [&] { *setup_s = behind(executor).prepare(threads); });
}

bool round(border::Executor* executor, int threads, CallShare calls, RoundTimes* times,
           FailureSink failure) {
  return done(failure, [&] { *times = behind(executor).round(threads, calls); });
}

bool shares_gil(border::Executor* executor) { return behind(executor).shares_gil(); }

bool dispatched_round(border::Executor* executor, int threads, CallShare calls, bool* told,
                      double* seconds, FailureSink failure) {
  return done(failure, [&] {
    const std::optional<double> took_s = behind(executor).dispatched_round_s(threads, calls);
    *told = took_s.has_value();
    if (took_s) *seconds = *took_s;
  });
}

bool prepare_member(double* setup_s, FailureSink failure) {
  return done(failure, [&] {
    const py::gil_scoped_acquire attached;
    *setup_s = workload()->prepare(1);
  });
}

void play(border::Team* their_team, border::Member* me, border::RaisedSink sink) {
  const py::gil_scoped_acquire attached;
  HostTeam team(*their_team);
  WorkerThread thread(team, *me, [&](const Raised& raised) {
    sink.tell(sink.to, text_of(raised.summary), text_of(raised.traceback));
  });
  thread.use(workload()->call(0));
  thread.run_all_rounds();
}

void* make_thread_state() { return PyThreadState_New(PyInterpreterState_Main()); }
void attach(void* state) { PyEval_RestoreThread(static_cast<PyThreadState*>(state)); }
void detach() { PyEval_SaveThread(); }
void delete_thread_state(void* state) {
  attach(state);
  PyThreadState_Clear(static_cast<PyThreadState*>(state));
  PyThreadState_DeleteCurrent();
}

}  // namespace
}  // namespace gilscale

extern "C" [[gnu::visibility("default")]] const gilscale::border::Plugin* gilscale_plugin() {
  using namespace gilscale;
  static const border::Plugin plugin{border::interface_version,
                                     version_text,
                                     start,
                                     info,
                                     gil_is_on,
                                     gil_modules,
                                     switch_interval,
                                     discover,
                                     load,
                                     tear_down,
                                     flush,
                                     make_executor,
                                     delete_executor,
                                     prepare,
                                     round,
                                     shares_gil,
                                     dispatched_round,
                                     {PlacesOfThread::where, PlacesOfThread::name},
                                     {make_thread_state, attach, detach, delete_thread_state},
                                     prepare_member,
                                     play};
  return &plugin;
}
