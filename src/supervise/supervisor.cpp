#include "gilscale/supervise/supervisor.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <csignal>

#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/exit_status.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/line_splitter.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"

namespace gilscale {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Worker::Watch {
 public:
  Watch(const Launch& launch, double timeout_s, WorkerListener& listener)
      : process_(launch.command),
        output_(process_.output_fd()),
        error_(process_.error_fd()),
        timeout_s_(timeout_s),
        listener_(listener) {
    result_.planned = launch.planned;
    process_.send(nlohmann::json(launch.planned).dump() + "\n");
  }

  void send(const WorkerCommand& command) { process_.send(to_message(command).dump() + "\n"); }

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
        if (!over()) explain_end(*status);
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
  void signal(int signal) const { process_.signal(signal); }
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

  void read_news() {
    forward(error_.read_available());
    lines_.add(output_.read_available());
    bool news = false;
    for (auto line = lines_.next(); line && !over(); line = lines_.next()) {
      reader_.take(*line);
      last_sign_ = Clock::now();
      news = true;
    }
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

  static const char* advice_after(std::optional<int> signal) {
    if (!signal) return ", without a result; does something call exit() or os._exit()?";
    if (signal == SIGKILL) return "; was memory short? Try fewer --threads";
    return "; run it with --threads 1 to see if one thread is enough";
  }

  /// An abort makes faulthandler print where every thread is; a second is enough for that.
  void ask_for_traceback() {
    process_.signal(SIGABRT);
    const auto deadline = Clock::now() + std::chrono::seconds(1);
    while (!process_.status() && Clock::now() < deadline) {
      wait_for_news();
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

void Worker::pause() { watch_->signal(SIGSTOP); }

void Worker::resume() { watch_->signal(SIGCONT); }

const CaseResult& Worker::result() const { return watch_->result(); }

CaseResult Worker::take_result() { return std::move(watch_->result()); }

}  // namespace gilscale
