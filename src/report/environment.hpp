#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gilscale/judge/report.hpp"

namespace gilscale {

/// What a report was measured with, as far as it is known: {"Python", "3.13.1"}, {"GIL", "on"},
/// {"CPUs", "2"}, {"gilscale", "0.1.0"}.
std::vector<std::pair<std::string, std::string>> environment_of(const Report& report);

/// "3.12.1, 3.13.0 free-threaded": of all cases; empty where none ran Python.
std::string pythons_of(const Report& report);

/// Of all cases at their ends: "on", "off", "on and off".
std::string gil_of_all(const Report& report);

/// What a worker or this run noted in the context under that key, if that is text; empty otherwise.
std::string noted(const Report& report, const char* key);

}  // namespace gilscale
