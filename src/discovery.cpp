#include "discovery.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "executable.hpp"
#include "gilscale/error.hpp"
#include "interrupt.hpp"

namespace gilscale {
namespace {

std::vector<FoundWorkload> held_by(const std::string& file, const RunOptions& options,
                                   WorkerListener& listener) {
  Case question;
  question.workload = discovery_spec(file, options.workloads);
  question.python = options.python;
  CaseResult answer = run_case(question, worker_command(), options.timeout_s, listener);
  if (!answer.failure) return std::move(answer.found);
  const Failure& failure = *answer.failure;
  if (failure.kind == "usage") throw UsageError(failure.message);
  if (failure.kind == "exception") fmt::print(stderr, "{}", failure.details);
  throw Error(interrupted() ? ExitCode::interrupted : ExitCode::workload_failed, failure.message);
}

}  // namespace

FoundWorkloads discover(const RunOptions& options, WorkerListener& listener) {
  FoundWorkloads found;
  for (const std::string& name : options.workloads.names) {
    const auto file = bench_file_of(name);
    if (file && !found.contains(*file)) found[*file] = held_by(*file, options, listener);
  }
  return found;
}

}  // namespace gilscale
