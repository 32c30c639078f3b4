#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "gilscale/text/error.hpp"
#include "gilscale/text/near_match.hpp"

namespace gilscale {

/// The option takes one of these words only, and its help shows them as its value: "all|none".
inline CLI::Option* choose_from(CLI::Option* option, const std::vector<std::string>& words) {
  // CLI11 would show them once more, behind the value.
  return option->check(CLI::IsMember(words).description(""))
      ->type_name(fmt::format("{}", fmt::join(words, "|")));
}

/// For a word in a list that gilscale reads itself; "all" stands for all of them.
[[noreturn]] inline void refuse_choice(const char* option, const std::string& word,
                                       const std::vector<std::string>& words) {
  const std::string all = fmt::format("; choose from {} or all", fmt::join(words, ", "));
  throw UsageError(
      fmt::format("{} '{}' is not known{}", option, word, did_you_mean(word, words, all)));
}

}  // namespace gilscale
