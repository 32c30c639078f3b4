#include "gilscale/supervise/supervisor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>

#include <chrono>
#include <csignal>

#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/exit_status.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/line_splitter.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/supervise/place.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/text/printable.hpp"
#include "gilscale/text/trimmed.hpp"

namespace gilscale {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Worker::Watch {
 public:
  Watch(const Launch& launch, double timeout_s, WorkerListener& listener)
      : launcher_(launch.planned.launcher),
        sent_(dumped(is_elsewhere() ? case_for_place(launch.planned)
                                    : nlohmann::json(launch.planned))),
        process_(launch.command),
        output_(process_.output_fd()),
        error_(process_.error_fd()),
        timeout_s_(timeout_s),
        listener_(listener) {
    result_.planned = launch.planned;
    process_.send(sent_);
    sent_.clear();
  }
  ~Watch() {
    // A launcher that is killed may leave behind what it has started.
    if (is_elsewhere()) wait_for_launcher();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void send(const WorkerCommand& command) { process_.send(dumped(to_message(command))); }

  /// Nothing if it has ended, or there was an interrupt.
  std::optional<MessageReader::Answer> next_answer() {
    last_sign_ = Clock::now();
    while (!over()) {
      if (interrupted()) return std::nullopt;
      wait_for_news();
      read_news();
      if (const auto answer = reader_.take_answer()) return answer;
      if (over()) break;
      if (const auto status = process_.status()) {
        read_news();
        if (!over()) explain(*status);
      } else if (const auto ended = reader_.ended()) {
        read_rest_of_errors();
        explain_end(*ended);
      } else if (Seconds(Clock::now() - last_sign_).count() > timeout_s_) {
        give_up();
      }
    }
    forward(error_.read_available());
    reader_.keep_what_was_measured();
    return std::nullopt;
  }

  /// It said something else than it was asked for, or that it has nothing more to do.
  void fail_unless_interrupted() {
    if (result_.failure || interrupted()) return;
    fail(FailureKind::exception,
         "the worker did not do as it was told; is it another version of gilscale?");
    reader_.keep_what_was_measured();
  }

  /// The points that have samples become results as they are.
  void end_early() {
    const std::size_t wanted = result_.planned.threads.size();
    const bool has_all = wanted > 0 && result_.points.size() == wanted;
    if (!over() && !has_all) fail(FailureKind::interrupted, "interrupted before it was finished");
    reader_.keep_what_was_measured();
  }

  [[nodiscard]] Question question() const { return reader_.question(); }
  void signal(int signal) const {
    if (is_elsewhere())
      process_.send(dumped(signal_message(signal)));
    else
      process_.signal(signal);
  }

  /// Returns when it stands still: the next one's turn shall not be disturbed.
  void pause() {
    signal(SIGSTOP);
    if (!is_elsewhere()) return;
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    while (!over() && !reader_.take_paused() && !process_.status() && Clock::now() < deadline) {
      wait_for_news();
      read_news();
    }
  }
  CaseResult& result() { return result_; }

 private:
  [[nodiscard]] bool over() const { return reader_.complete() || result_.failure.has_value(); }

  void wait_for_news() {
    pollfd fds[] = {
        {output_.fd(), POLLIN, 0}, {error_.fd(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    // The end of the process itself is not a poll event on every platform: look now and then.
    constexpr int tick_ms = 50;
    poll(fds, std::size(fds), tick_ms);
  }

  [[nodiscard]] bool is_elsewhere() const { return !launcher_.empty(); }

  static std::string dumped(const nlohmann::json& message) {
    return message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }

  /// Shells print what they like before they start something.
  [[nodiscard]] bool is_noise(const std::string& line) const {
    return is_elsewhere() && !line.starts_with('{');
  }

  void read_news() {
    forward(error_.read_available());
    lines_.add(output_.read_available());
    bool news = false;
    for (auto line = lines_.next(); line && !over(); line = lines_.next()) {
      if (is_noise(*line)) continue;
      reader_.take(*line);
      last_sign_ = Clock::now();
      news = true;
    }
    // What cannot be at one place says nothing of the command line.
    if (is_elsewhere() && result_.failure && result_.failure->kind == FailureKind::usage)
      result_.failure->kind = FailureKind::exception;
    if (news) listener_.on_progress(reader_.progress());
  }

  void forward(const std::string& text) {
    if (text.empty()) return;
    listener_.on_output(text);
    tail_ += text;
    constexpr std::size_t kept = 16384;
    if (tail_.size() > kept) tail_.erase(0, tail_.size() - kept);
  }

  /// faulthandler's report, if there is one.
  [[nodiscard]] std::string crash_report() const {
    const std::size_t begin = tail_.rfind("Fatal Python error");
    return begin == std::string::npos ? std::string() : tail_.substr(begin);
  }

  [[nodiscard]] std::string while_doing() const {
    return reader_.progress().empty() ? "before its first round was finished"
                                      : "after " + reader_.progress();
  }

  void explain_end(int status) {
    const auto signal = ending_signal(status);
    fail(signal ? FailureKind::signal : FailureKind::exit,
         fmt::format("the worker {} {}{}", how_it_ended(status), while_doing(),
                     advice_after(signal)));
  }

  /// The process that was started here has ended.
  void explain(int status) {
    if (reader_.ended())
      explain_end(*reader_.ended());
    else if (is_elsewhere())
      explain_end_of_launcher(status);
    else
      explain_end(status);
  }

  /// What the worker's end says on standard error may come after what its end is told with.
  void read_rest_of_errors() {
    const auto deadline = Clock::now() + std::chrono::seconds(1);
    while (!process_.status() && Clock::now() < deadline) {
      wait_for_news();
      forward(error_.read_available());
    }
    forward(error_.read_available());
  }

  void explain_end_of_launcher(int status) {
    const std::string words = printable(last_line(tail_));
    fail(FailureKind::exit,
         fmt::format("the connection ended {}: '{}' {}{}", while_doing(), fmt::join(launcher_, " "),
                     how_it_ended(status),
                     words.empty() ? "" : fmt::format(", after it had said '{}'", words)));
  }

  void wait_for_launcher() {
    process_.close_input();
    const auto deadline = Clock::now() + std::chrono::seconds(2);
    while (!process_.status() && Clock::now() < deadline) {
      output_.read_available();
      error_.read_available();
      constexpr int tick_ms = 5;
      poll(nullptr, 0, tick_ms);
    }
  }

  static const char* advice_after(std::optional<int> signal) {
    if (!signal) return ", without a result; does something call exit() or os._exit()?";
    if (signal == SIGKILL) return "; was memory short? Try fewer --threads";
    return "; run it with --threads 1 to see if one thread is enough";
  }

  /// An abort makes faulthandler print where every thread is; a second is enough for that.
  void ask_for_traceback() {
    signal(SIGABRT);
    const auto deadline = Clock::now() + std::chrono::seconds(1);
    while (!process_.status() && !reader_.ended() && Clock::now() < deadline) {
      wait_for_news();
      if (is_elsewhere()) read_news();
      forward(error_.read_available());
    }
    forward(error_.read_available());
  }

  void give_up() {
    ask_for_traceback();
    fail(FailureKind::timeout,
         fmt::format("no round was finished for {} s ({}): a deadlock, or calls that need "
                     "a longer --timeout",
                     timeout_s_, while_doing()));
  }

  void fail(FailureKind kind, const std::string& message) {
    result_.failure = Failure{kind, message, crash_report()};
  }

  std::vector<std::string> launcher_;
  std::string sent_;  ///< before anybody else is at work
  Process process_;
  Stream output_;
  Stream error_;
  double timeout_s_;
  WorkerListener& listener_;
  CaseResult result_;
  MessageReader reader_{result_};
  LineSplitter lines_;
  std::string tail_;
  Clock::time_point last_sign_ = Clock::now();
};

Worker::Worker(const Launch& launch, double timeout_s, WorkerListener& listener)
    : watch_(std::make_unique<Watch>(launch, timeout_s, listener)) {}

Worker::~Worker() = default;

std::optional<Question> Worker::take(int threads, std::int64_t block,
                                     const std::optional<RoundCounts>& like) {
  watch_->send({WorkerCommand::Kind::take, threads, block, {}, like});
  const auto answer = watch_->next_answer();
  if (answer == MessageReader::Answer::sample) return watch_->question();
  watch_->fail_unless_interrupted();
  return std::nullopt;
}

bool Worker::stop(int threads, std::optional<StopReason> reason) {
  watch_->send({WorkerCommand::Kind::stop, threads, 0, reason});
  const auto answer = watch_->next_answer();
  if (answer != MessageReader::Answer::repeat && answer != MessageReader::Answer::point)
    watch_->fail_unless_interrupted();
  return answer == MessageReader::Answer::repeat;
}

void Worker::finish() {
  if (!interrupted()) {
    watch_->send({});
    while (watch_->next_answer()) continue;
  }
  if (interrupted()) watch_->end_early();
}

void Worker::pause() { watch_->pause(); }

void Worker::resume() { watch_->signal(SIGCONT); }

const CaseResult& Worker::result() const { return watch_->result(); }

CaseResult Worker::take_result() { return std::move(watch_->result()); }

}  // namespace gilscale
