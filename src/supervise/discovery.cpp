#include "gilscale/supervise/discovery.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/place.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

std::vector<FoundWorkload> held_by(const Case& question, double timeout_s,
                                   WorkerListener& listener) {
  CaseResult answer = run_case({question, worker_command(question)}, timeout_s, listener);
  if (!answer.failure) return std::move(answer.found);
  const Failure& failure = *answer.failure;
  if (failure.kind == FailureKind::usage) throw UsageError(failure.message);
  if (failure.kind == FailureKind::exception) fmt::print(stderr, "{}", failure.details);
  throw Error(interrupted() ? ExitCode::interrupted : ExitCode::workload_failed, failure.message);
}

}  // namespace

FoundWorkloads discover(const WorkloadOptions& workloads, const std::string& python,
                        const std::vector<std::string>& launcher, double timeout_s,
                        WorkerListener& listener) {
  FoundWorkloads found;
  for (const std::string& name : workloads.names) {
    const auto file = bench_file_of(name);
    if (!file || found.contains(*file)) continue;
    Case question;
    question.workload = discovery_spec(*file, workloads);
    question.python = python;
    question.launcher = launcher;
    if (!launcher.empty()) question.folder = std::filesystem::current_path().string();
    found[*file] = held_by(question, timeout_s, listener);
  }
  return found;
}

}  // namespace gilscale
