#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gilscale {

/// How many durations were how long: a histogram of fixed size, exact to 1.6 %. It covers 1 ns to
/// 292 years in octaves of 32 bins each (the layout of HdrHistogram).
class Durations {
 public:
  static constexpr std::size_t bins_of_octave = 32;
  static constexpr std::size_t bins = bins_of_octave * 60;

  static constexpr std::size_t bin_of(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    if (value < bins_of_octave) return static_cast<std::size_t>(value);
    const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 5;
    return octave * bins_of_octave + static_cast<std::size_t>(value >> (octave - 1)) -
           bins_of_octave;
  }
  /// The middle of a bin, in seconds.
  static constexpr double seconds_of(std::size_t bin) {
    if (bin < bins_of_octave) return static_cast<double>(bin) * 1e-9;
    const std::size_t octave = bin / bins_of_octave;
    const auto low = static_cast<double>(bin % bins_of_octave + bins_of_octave);
    return (low + 0.5) * static_cast<double>(std::uint64_t{1} << (octave - 1)) * 1e-9;
  }

  void add(double seconds, std::uint64_t times = 1) {
    counts_.at(bin_of(std::llround(seconds * 1e9))) += times;
    longest_s_ = std::max(longest_s_, seconds);
  }
  [[nodiscard]] std::uint64_t in_bin(std::size_t bin) const { return counts_.at(bin); }
  /// Nothing for a bin that there is not.
  void add_to_bin(std::size_t bin, std::uint64_t times) {
    if (bin < bins) counts_.at(bin) += times;
  }
  /// Where the longest is known more exactly than its bin.
  void set_longest(double seconds) { longest_s_ = seconds; }
  /// Adds all of another's.
  void add(const Durations& others) {
    for (std::size_t i = 0; i < bins; ++i) counts_.at(i) += others.counts_.at(i);
    longest_s_ = std::max(longest_s_, others.longest_s_);
  }

  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t each : counts_) all += each;
    return all;
  }
  /// The shortest duration that a share `p` of them do not exceed, in seconds; 0 if there are none.
  [[nodiscard]] double quantile(double p) const {
    const std::uint64_t all = count();
    const auto wanted = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(all)));
    if (wanted >= all) return longest_s_;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < bins; ++i) {
      seen += counts_.at(i);
      if (seen >= std::max<std::uint64_t>(wanted, 1)) return std::min(seconds_of(i), longest_s_);
    }
    return longest_s_;
  }
  [[nodiscard]] double longest_s() const { return longest_s_; }

 private:
  std::array<std::uint64_t, bins> counts_{};
  double longest_s_ = 0;
};

}  // namespace gilscale
