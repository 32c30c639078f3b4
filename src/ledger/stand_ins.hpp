#pragma once

namespace gilscale {

/// Whether this build has stand-ins.
bool stand_ins_are_here();

}  // namespace gilscale
