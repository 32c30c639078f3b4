#pragma once

#include <memory>
#include <string_view>

#include "gilscale/measure/executor.hpp"

namespace gilscale {

class PythonWorkload;

/// The executor of that kind, one of the rows of model/executors.cpp whose threads run in this
/// process. The workload must outlive it. Attached. Throws UnavailableError where this Python lacks
/// what it needs.
std::unique_ptr<Executor> make_python_executor(std::string_view kind, PythonWorkload& workload);

/// Makes executors of one kind. Each executor has a file of its own, with one of these at its end:
/// that is how it becomes known.
class ExecutorMaker {
 public:
  using Make = std::unique_ptr<Executor> (*)(PythonWorkload& workload);

  ExecutorMaker(std::string_view kind, Make function) noexcept;
  /// Of a kind that this Python is too old for: make() throws UnavailableError. `needed`: "threads
  /// of that kind need 3.12".
  ExecutorMaker(std::string_view kind, const char* needed) noexcept;
  ExecutorMaker(const ExecutorMaker&) = delete;
  ExecutorMaker& operator=(const ExecutorMaker&) = delete;

  /// That of a kind; null if there is none.
  static const ExecutorMaker* of(std::string_view kind);
  [[nodiscard]] std::unique_ptr<Executor> make(PythonWorkload& workload) const;

 private:
  std::string_view kind_;
  Make make_ = nullptr;
  const char* needed_ = nullptr;
  const ExecutorMaker* next_;  ///< of the list of all
};

/// The maker of an executor whose constructor takes the workload.
template <typename Kind>
std::unique_ptr<Executor> make_of(PythonWorkload& workload) {
  return std::make_unique<Kind>(workload);
}

}  // namespace gilscale
