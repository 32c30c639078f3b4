#pragma once

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/team.hpp"
#include "gilscale/python/plugin.hpp"

namespace gilscale {

/// What this executable does for a plug-in. Threads of the teams that it asks for run there.
const border::Host& host_table(const Placement& placement);

/// A team of ours, and a member of it, as a plug-in sees them.
border::Team* for_plugin(Team& team);
border::Member* for_plugin(Team::Member& member);

}  // namespace gilscale
