#include "worker/python.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "gilscale/measure/bystander.hpp"
#include "gilscale/measure/ledger_round.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/supervise/interpreter.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/version.hpp"
#include "worker/host.hpp"

namespace gilscale {
namespace {

using border::FailureSink;
using border::FaultKind;
using border::string_of;
using border::Text;
using border::text_of;

FailureKind kind_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::usage:
      return FailureKind::usage;
    case FaultKind::unavailable:
      return FailureKind::unavailable;
    case FaultKind::exception:
      break;
  }
  return FailureKind::exception;
}

/// Keeps why a function of the plug-in failed.
class Outcome {
 public:
  [[nodiscard]] FailureSink sink() { return {&failure_, keep}; }

  /// Throws it, as the plug-in's own exception would have been.
  void require(bool done) const {
    if (!done) throw_failure(failure_);
  }

 private:
  static void keep(void* to, FaultKind kind, Text message, Text details) {
    *static_cast<Failure*>(to) = {kind_of(kind), string_of(message), string_of(details)};
  }

  Failure failure_{FailureKind::exception, "", ""};
};

/// Calls a function of the plug-in with these arguments and a sink; throws its failure.
template <typename Function, typename... Arguments>
void call(Function* function, Arguments... arguments) {
  Outcome outcome;
  outcome.require(function(arguments..., outcome.sink()));
}

/// The same of an executor's.
class PluginExecutor : public Executor {
 public:
  /// `meets_bystanders`: its threads are those of one interpreter, the first.
  PluginExecutor(const border::Plugin& plugin, border::Executor* executor, bool meets_bystanders)
      : plugin_(plugin), executor_(executor), meets_bystanders_(meets_bystanders) {}
  ~PluginExecutor() override { plugin_.delete_executor(executor_); }

  double prepare(int threads) override {
    double setup_s = 0;
    call(plugin_.prepare, executor_, threads, &setup_s);
    return setup_s;
  }
  RoundTimes round(int threads, CallShare calls) override {
    RoundTimes times;
    call(plugin_.round, executor_, threads, calls, &times);
    return times;
  }
  bool shares_gil() override { return plugin_.shares_gil(executor_); }
  std::optional<LedgerRound> ledger_round(int threads, CallShare calls) override {
    return keep_books(*this, threads, calls);
  }
  std::optional<BystanderRound> round_with_bystander(int threads, CallShare calls) override {
    if (!meets_bystanders_) return std::nullopt;
    RoundTimes times;
    auto waits = waits_of_bystander(plugin_.access, [&] { times = round(threads, calls); });
    if (!waits) return std::nullopt;
    return BystanderRound{times, *waits};
  }
  std::optional<double> dispatched_round_s(int threads, CallShare calls) override {
    bool told = false;
    double seconds = 0;
    call(plugin_.dispatched_round, executor_, threads, calls, &told, &seconds);
    return told ? std::optional(seconds) : std::nullopt;
  }

 private:
  const border::Plugin& plugin_;
  border::Executor* executor_;
  bool meets_bystanders_;
};

void* opened(const std::string& file, int flags, const char* what) {
  if (void* const library = dlopen(file.c_str(), flags)) return library;
  throw UsageError(
      fmt::format("{} cannot be opened: {}; was it built for this system?", what, dlerror()));
}

/// For the life of the process.
const border::Plugin& open_plugin(const PythonFiles& files) {
  // Extension modules, and the plug-in, take libpython's functions from whoever has them.
  opened(files.library, RTLD_NOW | RTLD_GLOBAL, "libpython");
  void* const library = opened(files.plugin, RTLD_NOW | RTLD_LOCAL, "the plug-in");
  auto* const function =
      reinterpret_cast<border::PluginFunction*>(dlsym(library, border::plugin_symbol));
  const border::Plugin* const plugin = function ? function() : nullptr;
  if (!plugin || plugin->interface_version != border::interface_version ||
      plugin->gilscale_version != version)
    throw UsageError(
        fmt::format("the plug-in '{}' belongs to another version of gilscale than this one, {}; {}",
                    files.plugin, version, how_to_make_plugin(files.executable)));
  return *plugin;
}

void keep_info(void* to, const border::Info* info) {
  auto& kept = *static_cast<PythonInfo*>(to);
  kept = {string_of(info->version), string_of(info->build), string_of(info->executable),
          info->debug != 0};
  std::istringstream hooks(string_of(info->hooks));
  for (std::string hook; std::getline(hooks, hook);) kept.hooks.push_back(hook);
  kept.empty_call_s = info->empty_call_s;
}

void keep_gil_module(void* to, const border::GilModule* module) {
  static_cast<std::vector<GilModule>*>(to)->push_back(
      {string_of(module->name), string_of(module->file), string_of(module->distribution)});
}

void keep_text(void* to, Text text) { *static_cast<std::string*>(to) = string_of(text); }

void pass_on(void* to, Text summary, Text traceback) {
  (*static_cast<const Python::OnRaised*>(to))({string_of(summary), string_of(traceback)});
}

}  // namespace

std::string text_for_plugin(const WorkloadSpec& workload, const std::filesystem::path& workloads) {
  nlohmann::json spec = workload;
  spec.erase("builtin");
  spec["immortal"] = workload.immortal ? 1 : 0;
  spec["builtin_folder"] = workload.builtin ? workloads.string() : "";
  return spec.dump();
}

std::vector<FoundWorkload> found_in(const std::string& text) {
  std::vector<FoundWorkload> found;
  for (const nlohmann::json& each : nlohmann::json::parse(text)) {
    found.push_back({each.at(0).get<std::string>(), {}});
    for (const nlohmann::json& axis : each.at(1))
      found.back().params.push_back(
          {axis.at(0).get<std::string>(), axis.at(1).get<std::vector<std::string>>()});
  }
  return found;
}

Python::Python(const PythonFiles& files, const Placement& placement)
    : plugin_(open_plugin(files)), workloads_(workloads_beside(files.plugin)) {
  call(plugin_.start, &host_table(placement), files.executable.c_str());
  set_python_places(&plugin_.places);
}

Python::~Python() { plugin_.flush(); }

PythonInfo Python::info() const {
  PythonInfo info;
  plugin_.info({&info, keep_info});
  return info;
}

bool Python::gil_enabled() const { return plugin_.gil_enabled(); }
std::vector<GilModule> Python::gil_modules() const {
  std::vector<GilModule> found;
  call(plugin_.gil_modules, border::GilModuleSink{&found, keep_gil_module});
  return found;
}
double Python::switch_interval_s() const { return plugin_.switch_interval_s(); }

std::vector<FoundWorkload> Python::discover(const WorkloadSpec& workload) const {
  const std::string spec = text_for_plugin(workload, workloads_);
  std::string text;
  call(plugin_.discover, text_of(spec), border::TextSink{&text, keep_text});
  return found_in(text);
}

void Python::load(const WorkloadSpec& workload) {
  const std::string spec = text_for_plugin(workload, workloads_);
  call(plugin_.load, text_of(spec));
}

void Python::tear_down() { call(plugin_.tear_down); }

std::unique_ptr<Executor> Python::make_executor(const std::string& kind) {
  Outcome outcome;
  border::Executor* const made = plugin_.make_executor(text_of(kind), outcome.sink());
  outcome.require(made != nullptr);
  return std::make_unique<PluginExecutor>(plugin_, made, executor_kind(kind).shares_gil);
}

double Python::prepare_member() {
  double setup_s = 0;
  call(plugin_.prepare_member, &setup_s);
  return setup_s;
}

void Python::play(Team& team, Team::Member& me, const OnRaised& on_raised) {
  plugin_.play(for_plugin(team), for_plugin(me), {const_cast<OnRaised*>(&on_raised), pass_on});
}

}  // namespace gilscale
