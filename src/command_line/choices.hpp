#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace gilscale {

/// The option takes one of these words only, and its help shows them as its value: "all|none".
inline CLI::Option* choose_from(CLI::Option* option, const std::vector<std::string>& words) {
  // CLI11 would show them once more, behind the value.
  return option->check(CLI::IsMember(words).description(""))
      ->type_name(fmt::format("{}", fmt::join(words, "|")));
}

}  // namespace gilscale
