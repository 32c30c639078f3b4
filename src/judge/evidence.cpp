#include "judge/evidence.hpp"

#include <algorithm>

namespace gilscale {
namespace {

/// Of a measurement that takes half a minute, a quarter of an hour.
constexpr double most_times = 30;

std::optional<double> longer(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
}

}  // namespace

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

std::optional<double> Evidence::times_to_decide(double error) const {
  const bool praise_is_open = !all_blamable_as_it_was_.suffices(error);
  const auto credit =
      praise_is_open ? creditable_.times_to_suffice(error, most_times) : std::nullopt;
  const bool by_spells = come_in_spells();
  const SignTally& blamable = by_spells ? blamable_ : all_blamable_;
  const SignTally& as_it_was = by_spells ? blamable_as_it_was_ : all_blamable_as_it_was_;
  const bool left_lean = blamable_.may_suffice() && blamable_as_it_was_.may_suffice();
  const auto blame = by_spells || left_lean ? longer(blamable.times_to_suffice(error, most_times),
                                                     as_it_was.times_to_suffice(error, most_times))
                                            : std::nullopt;
  if (!credit || !blame) return credit ? credit : blame;
  return std::min(*credit, *blame);
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
