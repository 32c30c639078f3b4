#include "gilscale/supervise/messages.hpp"

#include <fmt/format.h>

#include "gilscale/model/codec.hpp"
#include "gilscale/text/counted.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

Failure caught_failure() {
  try {
    throw;
  } catch (const UsageError& error) {
    return {FailureKind::usage, error.what(), ""};
  } catch (const UnavailableError& error) {
    return {FailureKind::unavailable, error.what(), ""};
  } catch (const WorkloadError& error) {
    return {FailureKind::exception, error.what(), error.details()};
  } catch (const std::exception& error) {
    return {FailureKind::exception, error.what(), ""};
  }
}

void throw_failure(const Failure& failure) {
  if (failure.kind == FailureKind::usage) throw UsageError(failure.message);
  if (failure.kind == FailureKind::unavailable) throw UnavailableError(failure.message);
  throw WorkloadError(failure.message, failure.details);
}

namespace message {

using nlohmann::json;

json started(const std::optional<PythonInfo>& python, const GilState& gil) {
  json object = {{"message", "started"}, {"gil", gil}};
  if (python) object["python"] = *python;
  return object;
}

json progress(int threads, std::size_t samples) {
  return {{"message", "progress"}, {"threads", threads}, {"samples", samples}};
}

json point(const Point& point, json benchmarks, json context) {
  return {{"message", "point"},
          {"point", point},
          {"benchmarks", std::move(benchmarks)},
          {"context", std::move(context)}};
}

json question(const Question& question) {
  return {{"message", "question"},
          {"point", question.point},
          {"spent_s", question.spent_s},
          {"stop", value_or_null(question.stop)}};
}

json found(const std::vector<FoundWorkload>& workloads) {
  return {{"message", "found"}, {"workloads", workloads}};
}

json finished(const GilState& gil) { return {{"message", "finished"}, {"gil", gil}}; }

json failed(const Failure& failure) { return {{"message", "failed"}, {"failure", failure}}; }

json answer(std::optional<StopReason> stop) { return {{"stop", value_or_null(stop)}}; }

}  // namespace message

namespace {

/// What is not understood stops the sampling: going on for ever would be worse.
std::optional<StopReason> stop_in(const nlohmann::json& stop) {
  if (stop.is_null()) return std::nullopt;
  return read_stop_reason(stop).value_or(StopReason::unanswered);
}

}  // namespace

std::optional<StopReason> read_answer(const std::string& line) {
  const auto answer = nlohmann::json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("stop")) return StopReason::unanswered;
  return stop_in(answer.at("stop"));
}

void MessageReader::take(const std::string& line) {
  try {
    apply(nlohmann::json::parse(line));
  } catch (const nlohmann::json::exception& error) {
    result_.failure = Failure{
        FailureKind::exception,
        fmt::format("the worker's answer cannot be read ({}); is it another version of gilscale?",
                    error.what()),
        line.substr(0, 1000)};
  }
}

void MessageReader::apply(const nlohmann::json& message) {
  const auto kind = message.at("message").get<std::string>();
  if (kind == "progress") {
    progress_ = fmt::format("{}, {}", counted(message.at("threads").get<int>(), "thread"),
                            counted(message.at("samples").get<std::size_t>(), "sample"));
  } else if (kind == "started") {
    message.at("gil").get_to(result_.gil);
    if (message.contains("python")) result_.python = message.at("python").get<PythonInfo>();
  } else if (kind == "point") {
    auto point = message.at("point").get<Point>();
    const nlohmann::json& benchmarks = message.at("benchmarks");
    result_.context = message.at("context");
    result_.benchmarks.insert(result_.benchmarks.end(), benchmarks.begin(), benchmarks.end());
    result_.points.push_back(std::move(point));
  } else if (kind == "question") {
    question_ = {message.at("point").get<Point>(), message.at("spent_s").get<double>(),
                 stop_in(message.at("stop"))};
  } else if (kind == "found") {
    message.at("workloads").get_to(result_.found);
    complete_ = true;
  } else if (kind == "finished") {
    message.at("gil").get_to(result_.gil);
    complete_ = true;
  } else if (kind == "failed") {
    result_.failure = message.at("failure").get<Failure>();
    complete_ = true;
  }
}

}  // namespace gilscale
