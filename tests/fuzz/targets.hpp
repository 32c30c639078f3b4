#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace gilscale::fuzz {

/// What is given arbitrary input: `run` may accept it or throw gilscale::Error, and nothing else.
struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
  std::vector<std::string_view> seeds;  ///< inputs that it accepts, to begin with
  std::vector<std::string_view> words;  ///< of its language
};

/// One row for each; tests/fuzz/targets.cpp is where to add one.
std::span<const Target> targets();

}  // namespace gilscale::fuzz
