#include "report/environment.hpp"

namespace gilscale {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Of the first case that ran Python.
Facts python_of(const Report& report) {
  for (const JudgedCase& judged : report.cases) {
    const CaseResult& result = judged.result;
    if (!result.python) continue;
    const std::string build = result.python->build == "default" ? "" : " " + result.python->build;
    return {{"Python", result.python->version + build},
            {"GIL", result.gil.after_run ? "on" : "off"}};
  }
  return {};
}

}  // namespace

std::string noted(const Report& report, const char* key) {
  return text_at(context_of(report), key);
}

Facts environment_of(const Report& report) {
  Facts facts = python_of(report);
  const auto cpus = report.context.find("usable_cpus");
  if (cpus != report.context.end() && cpus->is_number_integer())
    facts.emplace_back("CPUs", std::to_string(cpus->get<int>()));
  if (std::string version = noted(report, "gilscale_version"); !version.empty())
    facts.emplace_back("gilscale", std::move(version));
  return facts;
}

}  // namespace gilscale
