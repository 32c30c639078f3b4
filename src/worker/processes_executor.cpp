#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/measure/call_error.hpp"
#include "gilscale/measure/team.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/supervise/exit_status.hpp"
#include "gilscale/supervise/line_splitter.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/text/error.hpp"
#include "worker/executors.hpp"
#include "worker/member_process.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A process that plays one member, seen from the coordinator.
class Helper {
 public:
  explicit Helper(const MemberSetup& setup)
      : index_(setup.index),
        process_(member_command(), {.group = true, .error = true, .descriptor = setup.memory}),
        answers_(process_.output_fd()) {
    process_.send(nlohmann::json(setup).dump() + "\n");
  }

  [[nodiscard]] int pid() const { return process_.pid(); }

  /// The seconds that the workload's own set-up took. Blocks; throws when it failed or ended.
  double wait_until_ready(const std::function<void()>& while_waiting) {
    while (true) {
      if (const auto answer = next_answer()) return setup_of(*answer);
      if (const auto status = process_.status(); status && !read_more())
        throw ended(*status, "before it was ready");
      if (while_waiting) while_waiting();
      wait_for_news(milliseconds(100));
      read_more();
    }
  }

  /// What a call in the round that has just been played raised. Does not block.
  std::optional<Raised> take_failure() {
    read_more();
    const auto answer = next_answer();
    if (!answer) return std::nullopt;
    const auto failure = answer->at("failure").get<Failure>();
    return Raised{failure.message, failure.details};
  }

  /// While it plays. Throws when it has ended, which it should not.
  void look_after(std::int64_t round) {
    read_more();  // what it tells of an exception may be more than a pipe holds
    if (const auto status = process_.status())
      throw ended(*status, fmt::format("in round {}", round));
  }

  /// Blocks until it ends by itself, at most so long, and returns the last thing that it said. Its
  /// standard output is closed by its end, and by nothing else.
  std::optional<nlohmann::json> wait_for_end(Clock::time_point deadline) {
    while (answers_.fd() >= 0 && Clock::now() < deadline) {
      wait_for_news(std::chrono::ceil<milliseconds>(deadline - Clock::now()));
      read_more();
    }
    read_more();  // it may have been told while others were waited for
    std::optional<nlohmann::json> last;
    while (const auto answer = next_answer()) last = answer;
    return last;
  }

 private:
  static double setup_of(const nlohmann::json& answer) {
    if (answer.contains("failure")) throw_failure(answer.at("failure").get<Failure>());
    return answer.at("setup_s").get<double>();
  }

  [[nodiscard]] WorkloadError ended(int status, const std::string& when) const {
    const char* advice = ending_signal(status) ? "run it with --threads 1 to debug it"
                                               : "does something call exit() or os._exit()?";
    return WorkloadError(
        fmt::format("worker process {} {} {}; {}", index_, how_it_ended(status), when, advice));
  }

  void wait_for_news(milliseconds limit) const {
    pollfd waiting{answers_.fd(), POLLIN, 0};
    poll(&waiting, 1, static_cast<int>(std::max(limit, milliseconds(0)).count()));
  }

  /// Whether there was more.
  bool read_more() {
    const std::string text = answers_.read_available();
    lines_.add(text);
    return !text.empty();
  }

  std::optional<nlohmann::json> next_answer() {
    const auto line = lines_.next();
    if (!line) return std::nullopt;
    return nlohmann::json::parse(*line);
  }

  int index_;
  Process process_;
  Stream answers_;
  LineSplitter lines_;
};

/// Worker processes of our own executable, each with a Python of its own, that wait for rounds in
/// memory that they share with us. They stay in our process group: what ends that ends them.
class ProcessesExecutor : public Executor {
 public:
  explicit ProcessesExecutor(const ExecutorSetup& setup)
      : ProcessesExecutor(setup, SharedMemory::with_descriptor(Team::shared_bytes())) {}

  ~ProcessesExecutor() override {
    team_.dismiss();
    if (!at_rest_) return;  // one may be stuck for ever: they are killed
    const Clock::time_point deadline = Clock::now() + std::chrono::seconds(2);
    for (const auto& helper : helpers_) {
      const auto last = helper->wait_for_end(deadline);
      if (!at_end_of_python_ || !last || last->at("message") != "left") continue;
      at_end_of_python_(last->at("gil_enabled").get<bool>(),
                        last->at("gil_modules").get<std::vector<GilModule>>());
    }
  }

  /// Those that are missing start all at once.
  double prepare(int threads) override {
    at_rest_ = false;
    const std::size_t ready = helpers_.size();
    while (team_.size() < threads) start_helper();
    double longest_setup_s = 0;
    for (std::size_t i = ready; i < helpers_.size(); ++i)
      longest_setup_s = std::max(longest_setup_s, helpers_[i]->wait_until_ready(while_waiting_));
    at_rest_ = true;
    return longest_setup_s;
  }

  RoundTimes round(int threads, CallShare calls) override {
    ++rounds_;
    at_rest_ = false;
    const std::span players(helpers_.data(), static_cast<std::size_t>(threads));
    const RoundTimes times = team_.round(threads, calls, [&] {
      for (const auto& helper : players) helper->look_after(rounds_);
      if (while_waiting_) while_waiting_();
    });
    at_rest_ = true;
    throw_failure(players);
    return times;
  }

  [[nodiscard]] std::vector<int> helper_processes() const override {
    std::vector<int> pids;
    for (const auto& helper : helpers_) pids.push_back(helper->pid());
    return pids;
  }

 private:
  ProcessesExecutor(const ExecutorSetup& setup, SharedMemory memory)
      : setup_{setup.planned, setup.files, setup.placement, memory.fd(), 0},
        team_(setup.placement, std::move(memory)),
        while_waiting_(setup.while_waiting),
        at_end_of_python_(setup.at_end_of_python) {}

  void start_helper() try {
    setup_.index = team_.size();
    team_.add_member();
    helpers_.push_back(std::make_unique<Helper>(setup_));
  } catch (const Error& error) {
    throw WorkloadError(
        fmt::format("worker process {}: {}; try fewer --threads", setup_.index, error.what()));
  }

  using Players = std::span<const std::unique_ptr<Helper>>;

  /// For the first player whose call raised in the last round.
  void throw_failure(Players players) const {
    std::optional<WorkloadError> first;
    for (std::size_t i = 0; i < players.size(); ++i) {
      const auto raised = players[i]->take_failure();
      if (raised && !first)
        first = call_error(setup_.planned.workload.name, rounds_, static_cast<int>(i), *raised);
    }
    if (first) throw WorkloadError(*first);
  }

  MemberSetup setup_;  ///< of the newest helper
  Team team_;
  std::function<void()> while_waiting_;
  decltype(ExecutorSetup::at_end_of_python) at_end_of_python_;
  std::vector<std::unique_ptr<Helper>> helpers_;
  std::int64_t rounds_ = 0;
  bool at_rest_ = true;  ///< all helpers wait for a round
};

}  // namespace

std::unique_ptr<Executor> make_processes_executor(const ExecutorSetup& setup) {
  return std::make_unique<ProcessesExecutor>(setup);
}

}  // namespace gilscale
