#include "judge/evidence.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gilscale {

void Evidence::add(const ComparedSample& sample) {
  changes_ += samples_ > 0 && sample.disturbed != last_disturbed_ ? 1 : 0;
  last_disturbed_ = sample.disturbed;
  ++samples_;
  all_blamable_.add(sample.blamable);
  all_blamable_as_it_was_.add(sample.blamable_as_it_was);
  if (sample.disturbed) {
    ++disturbed_;
    return;
  }
  if (sample.tells) creditable_.add(sample.creditable);
  blamable_.add(sample.blamable);
  blamable_as_it_was_.add(sample.blamable_as_it_was);
}

/// What is to be blamed beside busy processes is not to be praised for what remains without them.
bool Evidence::credits(double error) const {
  return creditable_.suffices(error) && !all_blamable_as_it_was_.suffices(error);
}

bool Evidence::blames(double error) const {
  if (come_in_spells()) return blamable_.suffices(error) && blamable_as_it_was_.suffices(error);
  return samples_ - disturbed_ >= fewest_for_ends && all_blamable_.suffices(error) &&
         all_blamable_as_it_was_.suffices(error) && blamable_.may_suffice() &&
         blamable_as_it_was_.may_suffice();
}

Evidence Evidence::times(double factor) const {
  const auto of = [=](std::size_t count) {
    return static_cast<std::size_t>(std::lround(factor * static_cast<double>(count)));
  };
  Evidence more;
  more.creditable_ = creditable_.times(factor);
  more.blamable_ = blamable_.times(factor);
  more.blamable_as_it_was_ = blamable_as_it_was_.times(factor);
  more.all_blamable_ = all_blamable_.times(factor);
  more.all_blamable_as_it_was_ = all_blamable_as_it_was_.times(factor);
  more.samples_ = of(samples_);
  more.disturbed_ = of(disturbed_);
  more.changes_ = of(changes_);
  return more;
}

std::optional<double> Evidence::times_to_decide(double error) const {
  // Of a measurement that takes half a minute, a quarter of an hour.
  constexpr double most = 30;
  constexpr double step = 1.25;
  double factor = 1;
  while (factor <= most) {
    const Evidence more = times(factor);
    if (more.credits(error) || more.blames(error)) return factor;
    factor *= step;
  }
  return std::nullopt;
}

std::string advice_for_more(const Point& point, std::string_view budget_option) {
  const bool is_count = point.stopped == StopReason::requested;
  return fmt::format("raise {}", is_count ? "--benchmark_min_time" : budget_option);
}

/// Half as many changes as there would be, 2p(1 − p), if each sample were disturbed by itself with
/// the chance p.
bool Evidence::come_in_spells() const {
  if (samples_ < 2) return false;
  const double share = static_cast<double>(disturbed_) / static_cast<double>(samples_);
  return static_cast<double>(changes_) / static_cast<double>(samples_ - 1) < share * (1 - share);
}

bool tells(double bound, double of_turns, int threads) {
  constexpr double clearly = 1.1;
  return clearly * of_turns <= bound || bound * threads < clearly;
}

}  // namespace gilscale
