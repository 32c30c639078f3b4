#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "gilscale/machine/placement.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/result.hpp"
#include "worker/python.hpp"

namespace gilscale {

/// What a worker tells a process that is to play a member of its team: one line of JSON on that
/// process's standard input, which then stays open for as long as the process is wanted.
struct MemberSetup {
  Case planned;
  PythonFiles python;
  Placement placement;
  int memory = -1;  ///< descriptor of the team's shared memory
  int index = 0;    ///< of the member
};

void to_json(nlohmann::json& json, const MemberSetup& setup);
void from_json(const nlohmann::json& json, MemberSetup& setup);

/// What the process answers on its standard output, each a JSON object in a line:
///   ready   setup_s    it waits for rounds
///   left    gil_enabled, gil_modules    after the team's dismissal; as of Python
///   failed  failure    before that: it has ended; after: of a call in the round that is being
///                      played, with what was raised as message and details
namespace member_message {

nlohmann::json ready(double setup_s);
nlohmann::json left(bool gil_enabled, const std::vector<GilModule>& gil_modules);

}  // namespace member_message

/// The process that plays a member of another worker's team with a Python of its own. What its code
/// prints goes to standard error. It ends when its team is dismissed, and at once when its standard
/// input is closed. Does not return, like run_worker().
[[noreturn]] void run_member_process();

}  // namespace gilscale
