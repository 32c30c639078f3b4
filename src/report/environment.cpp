#include "report/environment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gilscale {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::string noted(const Report& report, const char* key) {
  return text_at(context_of(report), key);
}

std::string pythons_of(const Report& report) {
  std::vector<std::string> names;
  for (const JudgedCase& judged : report.cases) {
    const auto& python = judged.result.python;
    if (!python) continue;
    std::string name = python->version + (python->build == "default" ? "" : " " + python->build);
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string gil_of_all(const Report& report) {
  bool any_on = false;
  bool any_off = false;
  for (const JudgedCase& judged : report.cases) {
    if (!judged.result.python) continue;
    any_on = any_on || judged.result.gil.after_run;
    any_off = any_off || !judged.result.gil.after_run;
  }
  if (any_on && any_off) return "on and off";
  return any_on ? "on" : "off";
}

Facts environment_of(const Report& report) {
  Facts facts;
  if (std::string pythons = pythons_of(report); !pythons.empty()) {
    facts.emplace_back("Python", std::move(pythons));
    facts.emplace_back("GIL", gil_of_all(report));
  }
  const auto cpus = report.context.find("usable_cpus");
  if (cpus != report.context.end() && cpus->is_number_integer())
    facts.emplace_back("CPUs", std::to_string(cpus->get<int>()));
  if (std::string version = noted(report, "gilscale_version"); !version.empty())
    facts.emplace_back("gilscale", std::move(version));
  return facts;
}

}  // namespace gilscale
