#include "commands/places.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <future>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "gilscale/commands/describe_place.hpp"
#include "gilscale/judge/findings.hpp"
#include "gilscale/machine/machine.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/place.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

constexpr std::string_view here = "here";

// ---- what goes to a place and comes back ----

json question_of(const PlanOptions& plan) {
  return {{"pythons", plan.pythons},       {"venv", plan.venv},
          {"executors", plan.executors},   {"gils", plan.gils},
          {"names", plan.workloads.names}, {"statement", plan.workloads.statement}};
}

PlanOptions plan_of(const json& question) {
  PlanOptions plan;
  question.at("pythons").get_to(plan.pythons);
  question.at("venv").get_to(plan.venv);
  question.at("executors").get_to(plan.executors);
  question.at("names").get_to(plan.workloads.names);
  question.at("statement").get_to(plan.workloads.statement);
  question.at("gils").get_to(plan.gils);
  return plan;
}

json document_of(const RunPython& python) {
  return {{"given", python.given},
          {"executable", python.executable},
          {"interpreter", python.interpreter},
          {"info", python.info},
          {"gils", python.gils}};
}

RunPython python_in(const json& document) {
  RunPython python;
  document.at("given").get_to(python.given);
  document.at("executable").get_to(python.executable);
  document.at("interpreter").get_to(python.interpreter);
  document.at("info").get_to(python.info);
  document.at("gils").get_to(python.gils);
  return python;
}

json description_for(const json& question) {
  if (question.at("protocol") != place_protocol) return json::object();  // its number says it all
  json pythons = json::array();
  for (const RunPython& each : run_pythons(plan_of(question), installed_plugins()))
    pythons.push_back(document_of(each));
  const Machine machine = read_machine("/", cpu_budget());
  return {{"host", host_name()},
          {"usable_cpus", machine.budget.usable()},
          {"cpu_budget", machine.budget},
          {"findings", findings_of(machine)},
          {"threads", machine.budget.thread_counts()},
          {"pythons", std::move(pythons)}};
}

// ---- places ----

RunPlace place_here(const PlanOptions& plan, const std::vector<Plugin>& plugins) {
  RunPlace place;
  place.threads = plan.common.threads;
  place.pythons = run_pythons(plan, plugins);
  return place;
}

void take_answer(RunPlace& place, const json& answer, const PlanOptions& plan) {
  for (const json& python : answer.at("pythons")) place.pythons.push_back(python_in(python));
  if (plan.auto_threads) answer.at("threads").get_to(place.threads);
  answer.at("host").get_to(place.name);
  (void)answer.at("findings").get<std::vector<Finding>>();  // throws where they are none
  for (const char* key : {"host", "usable_cpus", "cpu_budget", "findings"})
    place.machine[key] = answer.at(key);
}

RunPlace place_elsewhere(const std::string& given, std::vector<std::string> launcher,
                         const PlanOptions& plan) {
  RunPlace place;
  place.launcher = std::move(launcher);
  place.name = given;
  place.threads = plan.common.threads;
  try {
    take_answer(place, ask_place(place.launcher, question_of(plan)), plan);
  } catch (const WorkloadError& error) {
    place.failure = Failure{FailureKind::unreachable, error.what(), ""};
  } catch (const json::exception& error) {
    place.failure =
        Failure{FailureKind::unreachable,
                fmt::format("'{}': its answer cannot be read: {}", given, error.what()), ""};
  }
  return place;
}

/// By its host, where that is enough; those without an answer have no other name than the launcher.
void tell_apart(std::vector<RunPlace>& places, const std::vector<std::string>& launchers) {
  std::multiset<std::string> names;
  for (const RunPlace& place : places) names.insert(place.name);
  for (std::size_t i = 0; i < places.size(); ++i)
    if (names.count(places[i].name) > 1) places[i].name = launchers[i];
}

void refuse_twice(const std::vector<std::string>& launchers) {
  std::set<std::string> seen;
  for (const std::string& given : launchers)
    if (!seen.insert(given).second)
      throw UsageError(fmt::format("--launcher '{}' is given twice; name each place once", given));
}

}  // namespace

std::vector<RunPlace> run_places(const PlanOptions& plan, const std::vector<Plugin>& plugins) {
  if (plan.launchers.empty()) return {place_here(plan, plugins)};
  refuse_twice(plan.launchers);
  // Before any thread is there, and any is asked: it throws where one is none.
  std::map<std::string, std::vector<std::string>> words;
  for (const std::string& given : plan.launchers)
    if (given != here) words[given] = launcher_words(given);
  std::vector<std::future<RunPlace>> asked;
  for (const std::string& given : plan.launchers)
    asked.push_back(std::async(std::launch::async, [&] {
      if (given != here) return place_elsewhere(given, words.at(given), plan);
      RunPlace place = place_here(plan, plugins);
      place.name = host_name();
      return place;
    }));
  std::vector<RunPlace> places;
  for (std::future<RunPlace>& each : asked) places.push_back(each.get());
  tell_apart(places, plan.launchers);
  return places;
}

ExitCode describe_place() {
  std::string text;
  std::getline(std::cin, text);
  try {
    answer_place(description_for(json::parse(text)));
  } catch (const UsageError& error) {
    answer_place({{"error", error.what()}});
  } catch (const json::exception&) {
    throw UsageError("standard input holds no question; this command is for gilscale itself");
  }
  return ExitCode::ok;
}

}  // namespace gilscale
