#include "gilscale/measure/allowance.hpp"

#include <algorithm>

#include "gilscale/measure/point.hpp"
#include "gilscale/statistics/scaling.hpp"

namespace gilscale {
namespace {

/// Work that leaves a tenth of the cores it was given unused does not feel how many there are.
bool has_cpus_to_spare(int threads, double capacity, double cpu_share) {
  return capacity > 1.1 * threads * cpu_share;
}

/// The least that code without any fault may do, over the most.
double least_over_most(int threads, double capacity, double cpu_share) {
  return achievable_speedup_low(threads, capacity, cpu_share) /
         achievable_speedup(threads, capacity, cpu_share);
}

double raw_cpu_share(const Samples& samples, std::size_t place) {
  return cpu_share(samples.single_cpu_s[place], samples.single_s[place],
                   samples.single_runnable_s[place]);
}

double over_that_of_the_control(double share, double control) {
  return std::min(share / control, 1.0);
}

double speedup_of(const Point& point, double single_s, double parallel_s) {
  const double work = static_cast<double>(parallel_calls(point).total(point.threads)) /
                      static_cast<double>(single_calls(point).each);
  return work * single_s / parallel_s;
}

double makespan_speedup(const Point& point, std::size_t place, bool without_delay) {
  const Samples& samples = point.samples;
  return without_delay ? speedup_of(point, samples.single_undelayed_s[place],
                                    samples.parallel_undelayed_s[place])
                       : speedup_of(point, samples.single_s[place], samples.parallel_s[place]);
}

double throughput_speedup(const Point& point, std::size_t place, bool without_delay) {
  const Samples& samples = point.samples;
  const double delay_s = without_delay ? samples.parallel_runnable_s[place] : 0;
  const double mean_s = (samples.parallel_wall_s[place] - delay_s) / point.threads;
  const double single_s =
      without_delay ? samples.single_undelayed_s[place] : samples.single_s[place];
  // Clocks disagree by a little: the mean is the last one's time at most.
  return std::max(speedup_of(point, single_s, mean_s),
                  makespan_speedup(point, place, without_delay));
}

/// The relative efficiency for each unit of speedup in that sample.
double efficiency_of_one(const Point& point, std::size_t place, const Allowance& allowed,
                         bool without_delay) {
  if (!allowed.bound_by_cpus) return 1.0 / point.threads;
  const double capacity =
      without_delay ? undelayed_capacity_of(point.samples, place, control_threads_of(point))
                    : capacity_of(point.samples, place, control_threads_of(point));
  const double level = without_delay ? allowed.undelayed_capacity : allowed.capacity;
  return level / achievable_speedup(point.threads, level, allowed.cpu_share) / capacity;
}

/// What the machine allowed until now: disturbed samples only matter where cores are the bound, and
/// there they are left out as long as enough others remain.
class AllowanceOfPoint {
 public:
  explicit AllowanceOfPoint(const Point& point)
      : samples_(point.samples),
        control_threads_(control_threads_of(point)),
        all_(point),
        undisturbed_(all_) {}

  [[nodiscard]] bool is_disturbed(std::size_t place) const {
    return all_.is_disturbed(capacity_of(samples_, place, control_threads_));
  }
  void add(std::size_t place) {
    if (all_.size() == 0 || !is_disturbed(place)) undisturbed_.add(samples_, place);
    all_.add(samples_, place);
  }
  [[nodiscard]] Allowance allowance() const {
    const Allowance all = all_.allowance();
    if (undisturbed_.size() < fewest_for_ends) return all;
    const Allowance undisturbed = undisturbed_.allowance();
    return undisturbed.bound_by_cpus || all.bound_by_cpus ? undisturbed : all;
  }

 private:
  const Samples& samples_;
  int control_threads_;
  AllowanceSoFar all_;
  AllowanceSoFar undisturbed_;
};

}  // namespace

AllowanceSoFar::AllowanceSoFar(const Point& point)
    : threads_(point.threads),
      control_threads_(control_threads_of(point)),
      oversubscribed_(point.oversubscribed),
      disturbs_control_(disturbs_control(point)) {}

void AllowanceSoFar::add(const Samples& samples, std::size_t place) {
  capacities_.add(capacity_of(samples, place, control_threads_));
  undelayed_capacities_.add(undelayed_capacity_of(samples, place, control_threads_));
  undelayed_shares_.add(samples.control_parallel_undelayed_s[place] /
                        samples.control_parallel_s[place]);
  cpu_shares_.add(raw_cpu_share(samples, place));
  control_cpu_s_ += samples.control_cpu_s[place];
  control_undelayed_s_ += samples.control_single_undelayed_s[place];
}

Allowance AllowanceSoFar::allowance() const {
  Allowance allowed;
  allowed.capacity = capacities_.median();
  allowed.undelayed_capacity = undelayed_capacities_.median();
  allowed.cpu_share = over_that_of_the_control(cpu_shares_.median(),
                                               cpu_share(control_cpu_s_, control_undelayed_s_));
  if (disturbs_control_ && !oversubscribed_) {
    // A control that the workload itself slows excuses nothing.
    allowed.achievable = allowed.achievable_low = threads_;
    allowed.bound_by_cpus = false;
    return allowed;
  }
  allowed.achievable = achievable_speedup(threads_, allowed.capacity, allowed.cpu_share);
  allowed.bound_by_cpus = !has_cpus_to_spare(threads_, allowed.capacity, allowed.cpu_share);
  // CPUs that the threads would not have needed to share.
  allowed.delayed = !oversubscribed_ && undelayed_shares_.median() < 1 - delayed_from;
  // Where relative efficiencies are taken without what threads waited for CPUs, that is not
  // missing.
  const double in_use = allowed.delayed ? allowed.undelayed_capacity : allowed.capacity;
  allowed.achievable_low =
      allowed.achievable * least_over_most(threads_, in_use, allowed.cpu_share);
  return allowed;
}

double capacity_of(const Samples& samples, std::size_t place, int control_threads) {
  return weak_speedup(control_threads, samples.control_single_s[place],
                      samples.control_parallel_s[place]);
}

double undelayed_capacity_of(const Samples& samples, std::size_t place, int control_threads) {
  return weak_speedup(control_threads, samples.control_single_undelayed_s[place],
                      samples.control_parallel_undelayed_s[place]);
}

std::vector<double> cpu_shares(const Samples& samples) {
  std::vector<double> shares;
  // Of all rounds together: one is short, and what takes its CPU comes and goes.
  const double control =
      cpu_share(total(samples.control_cpu_s), total(samples.control_single_undelayed_s));
  for (std::size_t i = 0; i < samples.size(); ++i)
    shares.push_back(over_that_of_the_control(raw_cpu_share(samples, i), control));
  return shares;
}

double relative_efficiency_of(const Point& point, std::size_t place, const Allowance& allowed,
                              bool without_delay) {
  return makespan_speedup(point, place, without_delay) *
         efficiency_of_one(point, place, allowed, without_delay);
}

double throughput_speedup_of(const Point& point, std::size_t place) {
  return throughput_speedup(point, place, false);
}

double throughput_efficiency_of(const Point& point, std::size_t place, const Allowance& allowed,
                                bool without_delay) {
  return throughput_speedup(point, place, without_delay) *
         efficiency_of_one(point, place, allowed, without_delay);
}

std::vector<SequentialEfficiency> sequential_efficiencies(const Point& point) {
  std::vector<SequentialEfficiency> efficiencies;
  AllowanceOfPoint before(point);
  for (std::size_t i = 0; i < point.samples.size(); before.add(i++)) {
    if (i == 0) continue;
    const Allowance allowed = before.allowance();
    const double to_least = allowed.achievable / allowed.achievable_low;
    SequentialEfficiency each;
    each.delayed = allowed.delayed;
    each.disturbed = allowed.bound_by_cpus && before.is_disturbed(i);
    each.over_most = relative_efficiency_of(point, i, allowed, allowed.delayed);
    each.over_least = each.over_most * to_least;
    each.throughput_over_least =
        throughput_efficiency_of(point, i, allowed, allowed.delayed) * to_least;
    each.throughput_as_it_was = throughput_efficiency_of(point, i, allowed, false) * to_least;
    each.of_turns = efficiency_of_one(point, i, allowed, allowed.delayed);
    each.share_of_least = allowed.achievable_low / point.threads;
    efficiencies.push_back(each);
  }
  return efficiencies;
}

}  // namespace gilscale
