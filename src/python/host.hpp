#pragma once

#include "gilscale/python/plugin.hpp"

namespace gilscale {

/// The executable that opened this plug-in. It is told once, before anything else.
const border::Host& host();
void set_host(const border::Host& executable);

}  // namespace gilscale
