#pragma once

#include <string>
#include <vector>

#include "gilscale/judge/report.hpp"

namespace gilscale {

/// Text in cells, for whatever draws it.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Workloads by Pythons: speedup and verdict, and the time of a call on one thread. Empty where
/// there is one Python.
std::vector<TextTable> python_tables_of(const Report& report);

}  // namespace gilscale
