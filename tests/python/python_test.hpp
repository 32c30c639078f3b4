#pragma once

#include <gtest/gtest.h>
#include <pybind11/pybind11.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "../unit/temp_folder.hpp"
#include "../unit/thrown.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/ledger_round.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"
#include "python/executors.hpp"
#include "python/host.hpp"
#include "python/interpreter.hpp"
#include "python/python_workload.hpp"
#include "worker/executors.hpp"
#include "worker/host.hpp"
#include "worker/python.hpp"

namespace gilscale {

/// A workload as the front end describes it, brought to life here.
class Loaded : public PythonWorkload {
 public:
  explicit Loaded(const WorkloadSpec& spec) : PythonWorkload(text_for_plugin(spec)) {}
};

/// The executor of the case's kind: one of the plug-in's in this process, or one of the worker's.
inline std::unique_ptr<Executor> executor_for(const Case& planned, PythonWorkload* workload,
                                              const Placement& placement) {
  if (planned.executor == "processes" || planned.executor == "native")
    return make_executor({planned,
                          placement,
                          nullptr,
                          {GILSCALE_TEST_PYTHON, GILSCALE_TEST_LIBPYTHON, GILSCALE_TEST_PLUGIN}});
  set_host(host_table(placement));
  return make_python_executor(planned.executor, *workload);
}

/// How GoogleTest shows an executor when a test of it fails.
inline void PrintTo(const ExecutorKind& kind, std::ostream* out) { *out << kind.name; }

/// A workload of gilscale_calibration.
inline WorkloadSpec calibration(const std::string& name, const std::string& args) {
  WorkloadSpec spec;
  spec.name = name;
  spec.module = "gilscale_calibration";
  spec.attribute = name;
  spec.args = args;
  spec.builtin = true;
  return spec;
}

/// Tests whose workloads stand in Python files of their own. All run attached.
class PythonTest : public testing::Test {
 protected:
  /// A workload in a new file with that text.
  WorkloadSpec own(const std::string& source, const std::string& attribute,
                   const std::string& args = "()") {
    // Modules live as long as the process, so each has a name of its own.
    static int files = 0;
    module_ = "own_" + std::to_string(++files);
    WorkloadSpec spec;
    spec.name = "own.py:" + attribute;
    spec.file = folder_.write(module_ + ".py", source);
    spec.attribute = attribute;
    spec.args = args;
    return spec;
  }
  /// The same, for a method of one instance that all threads share.
  WorkloadSpec own_shared(const std::string& source, const std::string& attribute) {
    WorkloadSpec spec = own(source, attribute);
    spec.shared_element = "30";
    return spec;
  }
  /// A global of the newest file, after its import.
  [[nodiscard]] py::object global(const char* name) const {
    return py::module_::import(module_.c_str()).attr(name);
  }

  TempFolder folder_;
  std::string module_;
};

/// A workload on an executor. Made, used and destroyed attached; rounds detach, as a worker does.
class Running {
 public:
  Running(const WorkloadSpec& spec, const ExecutorKind& kind)
      : workload_(spec), executor_(executor_for(case_of(spec, kind), &workload_, 2)) {}

  double prepare(int threads) {
    const py::gil_scoped_release detached;
    return executor_->prepare(threads);
  }
  RoundTimes round(int threads, std::int64_t calls) {
    const py::gil_scoped_release detached;
    return executor_->round(threads, calls);
  }
  std::optional<double> gil_demand(std::int64_t calls) {
    const py::gil_scoped_release detached;
    return keep_books(*executor_, 1, calls).gil_demand;
  }
  std::optional<double> dispatched_s(int threads, CallShare calls) {
    const py::gil_scoped_release detached;
    return executor_->dispatched_round_s(threads, calls);
  }
  /// At the end of a case: what is left of it goes with the executor.
  void tear_down() {
    workload_.tear_down();
    const py::gil_scoped_release detached;
    executor_.reset();
  }
  std::unique_ptr<Executor>& executor() { return executor_; }

 private:
  static Case case_of(const WorkloadSpec& spec, const ExecutorKind& kind) {
    Case planned;
    planned.workload = spec;
    planned.executor = kind.name;
    return planned;
  }

  Loaded workload_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace gilscale
