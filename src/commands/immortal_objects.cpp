#include "commands/immortal_objects.hpp"

#include "commands/trials.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

bool shares_objects_without_gil(const CaseResult& result) {
  return result.python && result.python->build == "free-threaded" && !result.gil.after_run &&
         executor_kind(result.planned.executor).shares_objects &&
         result.planned.workload.share == Sharing::all;
}

}  // namespace

bool may_be_slowed_by_counting(const JudgedCase& judged) {
  return judged.judgement.cause == Cause::sharing && shares_objects_without_gil(judged.result);
}

ImmortalTrial try_immortal_objects(const CaseResult& result, double timeout_s) {
  if (!shares_objects_without_gil(result))
    throw WorkloadError(
        "its threads have no objects in common, or a GIL under which counting "
        "costs nothing");
  const auto make_immortal = [](Launch& launch) { launch.planned.workload.immortal = true; };
  return {gain_of(result, make_immortal, "with immortal objects", timeout_s)};
}

}  // namespace gilscale
