#include "worker/worker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "gilscale/machine/cpu_budget.hpp"
#include "gilscale/measure/native_executor.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/supervise/channel.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/text/error.hpp"
#include "worker/executors.hpp"
#include "worker/measure.hpp"
#include "worker/python.hpp"

namespace gilscale {
namespace {

/// Tells of progress at most ten times a second.
class ProgressTeller {
 public:
  explicit ProgressTeller(const Channel& channel) : channel_(channel) {}

  void tell(int threads, std::size_t samples) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < std::chrono::milliseconds(100)) return;
    told_ = now;
    channel_.send(message::progress(threads, samples));
  }

 private:
  const Channel& channel_;
  std::chrono::steady_clock::time_point told_{};
};

/// What the front end says. It outlives main(): a thread fills it.
Inbox& commands() {
  static Inbox inbox;
  return inbox;
}

void end_process_group() { kill(0, SIGKILL); }

/// The end of the input is the end of what is asked.
void end_commands() { commands().put(to_message(WorkerCommand{}).dump()); }

void obey(CaseRun& run, const Channel& channel) {
  while (true) {
    const WorkerCommand command = read_command(commands().take());
    if (command.kind == WorkerCommand::Kind::end) return;
    if (command.kind == WorkerCommand::Kind::take) {
      channel.send(message::sample(run.take(command.threads, command.block, command.like)));
    } else if (auto finished = run.stop(command.threads, command.reason)) {
      channel.send(message::point(finished->point, std::move(finished->benchmarks),
                                  std::move(finished->context)));
    } else {
      channel.send(message::repeat(command.threads));
    }
  }
}

void measure(const Case& planned, Executor& workload, const MeasureSettings& settings,
             const Channel& channel, const MakeProcesses& make_processes = {}) {
  NativeExecutor control(settings.placement);
  ProgressTeller progress(channel);
  const auto run = make_case_run(
      planned, workload, control, settings,
      [&](int threads, std::size_t samples) { progress.tell(threads, samples); }, make_processes);
  obey(*run, channel);
}

/// Before it starts; processes of the executor have it from their environment, too.
void tell_python_of_gil(GilMode mode, const PythonFiles& files) {
  if (mode == GilMode::off && !files.free_threaded)
    throw UsageError(needs_its_gil(files.executable));
  if (mode == GilMode::standard || !files.free_threaded) return;
  setenv("PYTHON_GIL", mode == GilMode::on ? "1" : "0", 1);
}

/// Those that are not among them yet.
void add_modules(std::vector<GilModule>& modules, const std::vector<GilModule>& more) {
  for (const GilModule& each : more)
    if (std::none_of(modules.begin(), modules.end(),
                     [&](const GilModule& one) { return one.name == each.name; }))
      modules.push_back(each);
}

GilState measure_python(const Case& planned, const CpuBudget& budget, const Channel& channel) {
  const Placement placement = budget.placement(planned.pin);
  const PythonFiles files = find_python(planned.python);
  tell_python_of_gil(planned.gil, files);
  Python python(files, placement);
  GilState gil;
  gil.shared = executor_kind(planned.executor).shares_gil;
  gil.at_start = python.gil_enabled();
  python.load(planned.workload);
  gil.after_import = gil.after_run = python.gil_enabled();
  gil.modules = python.gil_modules();
  channel.send(message::started(python.info(), gil));
  const MeasureSettings settings{placement, budget.quota_period_s(), python.switch_interval_s()};
  std::unique_ptr<Executor> runner =
      make_executor({planned, placement, &python, files, {}, [&](bool on, const auto& modules) {
                       gil.after_run = gil.after_run || on;
                       add_modules(gil.modules, modules);
                     }});
  measure(planned, *runner, settings, channel, [&](const std::function<void()>& while_waiting) {
    return make_processes_executor({planned, placement, &python, files, while_waiting});
  });
  gil.after_run = python.gil_enabled();
  gil.modules = python.gil_modules();
  python.tear_down();
  runner.reset();  // processes tell of theirs at their end
  return gil;
}

/// A case without a callable only asks what its file holds.
bool asks_for_workloads(const Case& planned) {
  return !planned.workload.file.empty() && planned.workload.attribute.empty();
}

nlohmann::json discover(const Case& planned) {
  const Python python(find_python(planned.python), {});
  return message::found(python.discover(planned.workload));
}

GilState measure_native(const Case& planned, const CpuBudget& budget, const Channel& channel) {
  const Placement placement = budget.placement(planned.pin);
  const GilState no_gil{false, false, false, false, {}};
  channel.send(message::started(std::nullopt, no_gil));
  const std::unique_ptr<Executor> runner = make_executor({planned, placement, nullptr});
  measure(planned, *runner, {placement, budget.quota_period_s()}, channel);
  return no_gil;
}

void enter_folder(const std::string& folder) {
  if (!folder.empty() && chdir(folder.c_str()) != 0)
    throw UsageError(fmt::format("cannot enter the folder '{}': {}", folder, std::strerror(errno)));
}

Case read_case(Channel& channel) {
  try {
    return nlohmann::json::parse(channel.read_line()).get<Case>();
  } catch (const nlohmann::json::exception& error) {
    throw UsageError(fmt::format("the case on standard input cannot be read: {}", error.what()));
  }
}

nlohmann::json measure_case_from(Channel& channel, bool supervised) {
  try {
    const Case planned = read_case(channel);
    channel.at_end_of_input(supervised ? end_process_group : end_commands, &commands());
    enter_folder(planned.folder);
    if (asks_for_workloads(planned)) return discover(planned);
    const bool runs_python = executor_kind(planned.executor).runs_python;
    const GilState gil = runs_python ? measure_python(planned, cpu_budget(), channel)
                                     : measure_native(planned, cpu_budget(), channel);
    return message::finished(gil);
  } catch (...) {
    return message::failed(caught_failure());
  }
}

}  // namespace

void run_worker(bool supervised) {
  if (supervised) go_on_when_parent_ends();
  Channel channel = Channel::take_over_standard_streams();
  const nlohmann::json last_words = measure_case_from(channel, supervised);
  channel.send(last_words);
  std::_Exit(0);
}

}  // namespace gilscale
