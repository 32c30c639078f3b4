#include "judge/evidence.hpp"

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
