#include "worker/member_process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "gilscale/measure/team.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/channel.hpp"
#include "gilscale/supervise/messages.hpp"

namespace gilscale {
namespace {

Team joined_team(const MemberSetup& setup) {
  return Team::joined(setup.placement, SharedMemory::mapped(setup.memory, Team::shared_bytes()));
}

/// Nobody is left to be thrown at.
void tear_down_or_warn(Python& python) {
  try {
    python.tear_down();
  } catch (const Error& error) {
    fmt::print(stderr, "gilscale: warning: {}\n", error.what());
  }
}

void play(Channel& channel) {
  const auto setup = nlohmann::json::parse(channel.read_line()).get<MemberSetup>();
  channel.at_end_of_input([] { _exit(0); });
  Team team = joined_team(setup);
  Python python(setup.python, setup.placement);
  python.load(setup.planned.workload);
  channel.send(member_message::ready(python.prepare_member()));
  python.play(team, team.member(setup.index), [&](const Raised& raised) {
    channel.send(message::failed({FailureKind::exception, raised.summary, raised.traceback}));
  });
  channel.send(member_message::left(python.gil_enabled(), python.gil_modules()));
  tear_down_or_warn(python);
}

}  // namespace

void to_json(nlohmann::json& json, const MemberSetup& setup) {
  json = {{"case", setup.planned},
          {"executable", setup.python.executable},
          {"library", setup.python.library},
          {"plugin", setup.python.plugin},
          {"cpus", setup.placement.cpus},
          {"places", setup.placement.places},
          {"pinned", setup.placement.pinned},
          {"memory", setup.memory},
          {"index", setup.index}};
}

void from_json(const nlohmann::json& json, MemberSetup& setup) {
  json.at("case").get_to(setup.planned);
  json.at("executable").get_to(setup.python.executable);
  json.at("library").get_to(setup.python.library);
  json.at("plugin").get_to(setup.python.plugin);
  json.at("cpus").get_to(setup.placement.cpus);
  json.at("places").get_to(setup.placement.places);
  json.at("pinned").get_to(setup.placement.pinned);
  json.at("memory").get_to(setup.memory);
  json.at("index").get_to(setup.index);
}

nlohmann::json member_message::ready(double setup_s) {
  return {{"message", "ready"}, {"setup_s", setup_s}};
}

nlohmann::json member_message::left(bool gil_enabled, const std::vector<GilModule>& gil_modules) {
  return {{"message", "left"}, {"gil_enabled", gil_enabled}, {"gil_modules", gil_modules}};
}

void run_member_process() {
  Channel channel = Channel::take_over_standard_streams();
  try {
    play(channel);
  } catch (...) {
    channel.send(message::failed(caught_failure()));
  }
  std::_Exit(0);
}

}  // namespace gilscale
