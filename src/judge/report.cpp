#include "gilscale/judge/report.hpp"

namespace gilscale {

nlohmann::json context_of(const Report& report) {
  nlohmann::json context = nlohmann::json::object();
  for (const JudgedCase& judged : report.cases)
    if (context.empty()) context = judged.result.context;
  context.update(report.context);
  return context;
}

}  // namespace gilscale
