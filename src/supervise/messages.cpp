#include "gilscale/supervise/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

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

json sample(const Question& question) {
  return {{"message", "sample"},
          {"point", question.point},
          {"spent_s", question.spent_s},
          {"stop", value_or_null(question.stop)}};
}

json repeat(int threads) { return {{"message", "repeat"}, {"threads", threads}}; }

json found(const std::vector<FoundWorkload>& workloads) {
  return {{"message", "found"}, {"workloads", workloads}};
}

json finished(const GilState& gil) { return {{"message", "finished"}, {"gil", gil}}; }

json failed(const Failure& failure) { return {{"message", "failed"}, {"failure", failure}}; }

json paused() { return {{"message", "paused"}}; }

json ended(int status) { return {{"message", "ended"}, {"status", status}}; }

}  // namespace message

RoundCounts round_counts_of(const Point& point) {
  return {point.calls, point.single_calls, point.extra_calls, point.control_calls,
          point.control_threads};
}

nlohmann::json to_message(const WorkerCommand& command) {
  switch (command.kind) {
    case WorkerCommand::Kind::take: {
      nlohmann::json take = {{"take", command.threads}, {"block", command.block}};
      if (command.like)
        take["like"] = {command.like->calls, command.like->single_calls, command.like->extra_calls,
                        command.like->control_calls, command.like->control_threads};
      return take;
    }
    case WorkerCommand::Kind::stop:
      return {{"stop", command.threads}, {"reason", value_or_null(command.reason)}};
    case WorkerCommand::Kind::end:
      break;
  }
  return {{"end", true}};
}

WorkerCommand read_command(const std::string& line) {
  try {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("take")) {
      WorkerCommand take{WorkerCommand::Kind::take, json.at("take").get<int>(),
                         json.at("block").get<std::int64_t>()};
      if (json.contains("like")) {
        const nlohmann::json& like = json.at("like");
        take.like = {like.at(0).get<std::int64_t>(), like.at(1).get<std::int64_t>(),
                     like.at(2).get<int>(), like.at(3).get<std::int64_t>(), like.at(4).get<int>()};
      }
      return take;
    }
    if (json.contains("stop"))
      return {WorkerCommand::Kind::stop, json.at("stop").get<int>(), 0,
              read_stop_reason(json.at("reason"))};
    if (json.contains("end")) return {};
  } catch (const nlohmann::json::exception&) {
    // It is said below.
  }
  throw UsageError(fmt::format("a worker was told something that is no command: '{}'", line));
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
  } else if (kind == "sample") {
    add_sample(message);
  } else if (kind == "repeat") {
    answer_ = Answer::repeat;
  } else if (kind == "point") {
    finish_point(message);
  } else if (kind == "found") {
    message.at("workloads").get_to(result_.found);
    complete_ = true;
  } else if (kind == "finished") {
    message.at("gil").get_to(result_.gil);
    complete_ = true;
  } else if (kind == "failed") {
    result_.failure = message.at("failure").get<Failure>();
    complete_ = true;
  } else if (kind == "paused") {
    paused_ = true;
  } else if (kind == "ended") {
    ended_ = message.at("status").get<int>();
  }
}

void MessageReader::add_sample(const nlohmann::json& message) {
  auto point = message.at("point").get<Point>();
  last_ = point.threads;
  message.at("spent_s").get_to(spent_s_);
  stop_ = read_stop_reason(message.at("stop"));
  Point& so_far = open_[last_];
  append(so_far, std::move(point));
  progress_ =
      fmt::format("{}, {}", counted(last_, "thread"), counted(so_far.samples.size(), "sample"));
  answer_ = Answer::sample;
}

void MessageReader::insert(Point point) {
  const auto fewer = [](const Point& a, const Point& b) { return a.threads < b.threads; };
  const auto place = std::lower_bound(result_.points.begin(), result_.points.end(), point, fewer);
  result_.points.insert(place, std::move(point));
}

void MessageReader::finish_point(const nlohmann::json& message) {
  auto point = message.at("point").get<Point>();
  result_.context = message.at("context");
  benchmarks_[point.threads] = message.at("benchmarks");
  result_.benchmarks = nlohmann::json::array();
  for (const auto& [threads, entries] : benchmarks_)
    result_.benchmarks.insert(result_.benchmarks.end(), entries.begin(), entries.end());
  open_.erase(point.threads);
  insert(std::move(point));
  answer_ = Answer::point;
}

Question MessageReader::question() const { return {open_.at(last_), spent_s_, stop_}; }

void MessageReader::keep_what_was_measured() {
  for (auto& [threads, point] : open_) insert(std::move(point));
  open_.clear();
}

}  // namespace gilscale
