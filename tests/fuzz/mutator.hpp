#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "targets.hpp"

namespace gilscale::fuzz {

/// Makes inputs out of a target's seeds, the same ones for the same number. What the target
/// accepts becomes a seed too: keep().
class Mutator {
 public:
  Mutator(const Target& target, std::uint64_t seed);

  /// One of the seeds with a few changes.
  std::string next();
  void keep(const std::string& input);

 private:
  static constexpr std::size_t most_seeds = 256;
  static constexpr std::size_t longest = 1 << 18;  ///< bytes; enough to run off a stack

  /// A whole number below `end`, or 0.
  std::size_t below(std::size_t end);
  char byte();
  void insert(std::string& text, std::string_view what);

  void change_byte(std::string& text);
  void flip_bit(std::string& text);
  void insert_byte(std::string& text);
  void insert_word(std::string& text);
  void insert_number(std::string& text);
  void erase(std::string& text);
  void truncate(std::string& text);
  void splice(std::string& text);
  void repeat(std::string& text);
  void swap_halves(std::string& text);

  std::mt19937_64 random_;
  std::vector<std::string> seeds_;
  std::size_t first_;  ///< so many of them are the target's own
  std::vector<std::string_view> words_;
};

}  // namespace gilscale::fuzz
