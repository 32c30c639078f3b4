#include "gilscale/judge/comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/statistics/decision.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/number.hpp"
#include "judge/paired.hpp"

namespace gilscale {
namespace {

/// A speedup up to this does not count: jitter favours whoever waits more often.
constexpr double worth_while = 1.05;

std::optional<Estimate> speedup_at(const JudgedCase& judged, int threads) {
  const MeasuredPoint* const at = judged.at(threads);
  return at ? std::optional(at->figures.speedup) : std::nullopt;
}

int largest_thread_count(const JudgedCase& judged, bool may_be_oversubscribed) {
  int most = 1;
  for (const auto& [point, values, figures] : judged.points)
    if (may_be_oversubscribed || !point.oversubscribed) most = std::max(most, point.threads);
  return most;
}

Case without_parameter(Case planned, std::size_t index) {
  ParameterValues& params = planned.workload.params;
  params.erase(params.begin() + static_cast<std::ptrdiff_t>(index));
  return planned;
}

bool same_but_for_threads(const Case& a, const Case& b) {
  return a.workload == b.workload && a.executor == b.executor && a.gil == b.gil &&
         a.interpreter == b.interpreter && a.place == b.place;
}

/// The cases that are the same but for one parameter.
struct Family {
  Case common;  ///< without the parameter
  std::string parameter;
  std::vector<std::pair<ParameterCurve::Entry, const JudgedCase*>> members;
};

Family& family_of(std::vector<Family>& families, const Case& common, const std::string& parameter) {
  const auto same = std::find_if(families.begin(), families.end(), [&](const Family& family) {
    return family.parameter == parameter && same_but_for_threads(family.common, common);
  });
  return same != families.end() ? *same : families.emplace_back(Family{common, parameter, {}});
}

std::vector<Family> families_in(const Report& report) {
  std::vector<Family> families;
  for (const JudgedCase& judged : report.cases) {
    const Case& planned = judged.result.planned;
    const ParameterValues& params = planned.workload.params;
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto& [name, text] = params[i];
      if (const auto value = to_number(text))
        family_of(families, without_parameter(planned, i), name)
            .members.push_back({{*value, text, {}}, &judged});
    }
  }
  return families;
}

ParameterCurve curve_of(const Family& family) {
  ParameterCurve curve{label_of(family.common), family.parameter, 0, {}};
  for (const auto& [entry, judged] : family.members) {
    const int most = largest_thread_count(*judged, false);
    curve.threads = curve.threads == 0 ? most : std::min(curve.threads, most);
  }
  for (const auto& [entry, judged] : family.members) {
    if (const auto speedup = speedup_at(*judged, curve.threads))
      curve.entries.push_back({entry.value, entry.text, *speedup});
  }
  std::sort(curve.entries.begin(), curve.entries.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return curve;
}

/// A case among those of one workload.
struct Contender {
  std::string name;
  const JudgedCase* judged;

  [[nodiscard]] const PointFigures& figures_at(int threads) const {
    return judged->at(threads)->figures;
  }
};

/// Of those at one place: the calls of two machines say nothing of each other.
struct Contest {
  WorkloadSpec workload;
  std::string place;
  std::vector<Contender> contenders;
};

std::string gil_words(const Case& planned) {
  return planned.gil == GilMode::standard ? "" : fmt::format("GIL {}", to_string(planned.gil));
}

/// Of what tells it from the others.
std::string contender_name(const Case& planned, bool several_executors) {
  std::vector<std::string> parts;
  if (several_executors || !planned.several_interpreters) parts.push_back(planned.executor);
  if (planned.workload.share != Sharing::all) parts.emplace_back("own arguments");
  if (planned.several_interpreters) parts.push_back(planned.interpreter);
  if (std::string gil = gil_words(planned); !gil.empty()) parts.push_back(std::move(gil));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string label_of(const Contest& contest) {
  const std::string label = label_of(contest.workload);
  const bool several = contest.contenders.front().judged->result.planned.several_places;
  return several ? fmt::format("{} ({})", label, contest.place) : label;
}

bool has_several_executors(const Contest& contest) {
  const auto& executor_of = [](const Contender& each) {
    return each.judged->result.planned.executor;
  };
  return std::any_of(contest.contenders.begin(), contest.contenders.end(),
                     [&](const Contender& each) {
                       return executor_of(each) != executor_of(contest.contenders.front());
                     });
}

std::vector<Contest> contests_in(const Report& report) {
  std::vector<Contest> contests;
  for (const JudgedCase& judged : report.cases) {
    const Case& planned = judged.result.planned;
    if (!judged.result.python || judged.points.empty()) continue;
    WorkloadSpec workload = planned.workload;
    workload.share = Sharing::all;
    const auto same = std::find_if(contests.begin(), contests.end(), [&](const Contest& contest) {
      return contest.workload == workload && contest.place == planned.place;
    });
    Contest& contest = same != contests.end()
                           ? *same
                           : contests.emplace_back(Contest{workload, planned.place, {}});
    contest.contenders.push_back({"", &judged});
  }
  for (Contest& contest : contests) {
    const bool several = has_several_executors(contest);
    for (Contender& each : contest.contenders)
      each.name = contender_name(each.judged->result.planned, several);
  }
  return contests;
}

/// The counts of threads that all contenders were measured with, ascending.
std::vector<int> common_threads(const Contest& contest) {
  std::vector<int> threads;
  for (const auto& [point, values, figures] : contest.contenders.front().judged->points) {
    const bool all =
        std::all_of(contest.contenders.begin(), contest.contenders.end(),
                    [&](const Contender& each) { return each.judged->at(point.threads); });
    if (all) threads.push_back(point.threads);
  }
  std::sort(threads.begin(), threads.end());
  return threads;
}

struct Standing {
  const Contender* contender;
  Estimate rate;       ///< calls, in a unit that is the same for all
  BlockValues values;  ///< the same for each sample
};

BlockValues in_blocks(const MeasuredPoint& measured, const std::vector<double>& values) {
  return {measured.values.samples.block, values};
}

/// Best first. Calls that compute are counted by the control's speed in the same sample; calls that
/// wait are counted by the clock.
std::vector<Standing> standings(const Contest& contest, int threads) {
  std::vector<Standing> table;
  for (const Contender& each : contest.contenders) {
    const MeasuredPoint& at = *each.judged->at(threads);
    const bool by_control = at.figures.bound_by_cpus;
    table.push_back(
        {&each, by_control ? at.figures.relative_throughput : at.figures.throughput_per_s,
         in_blocks(at, by_control ? at.values.relative_throughput : at.values.throughput_per_s)});
  }
  std::stable_sort(table.begin(), table.end(), [](const Standing& a, const Standing& b) {
    return a.rate.estimate > b.rate.estimate;
  });
  return table;
}

/// They are all bound by CPUs, or none of them is: else their units differ.
bool comparable(const Contest& contest, int threads) {
  int bound = 0;
  for (const Contender& each : contest.contenders)
    bound += each.figures_at(threads).bound_by_cpus ? 1 : 0;
  return bound == 0 || bound == static_cast<int>(contest.contenders.size());
}

/// With more cores it could have done more.
bool lacked_cores(const Contender& contender, int threads) {
  const PointFigures& figures = contender.figures_at(threads);
  return !had_its_cores(figures.achievable, threads) &&
         figures.relative_efficiency.high >= parallel_from;
}

/// Whether each of the first `count` of a table makes more calls than each of all others.
bool clearly_ahead(const std::vector<Standing>& table, std::size_t count) {
  const auto split = table.begin() + static_cast<std::ptrdiff_t>(count);
  return std::all_of(table.begin(), split, [&](const Standing& leader) {
    return std::all_of(split, table.end(), [&](const Standing& other) {
      return paired_ratio(leader.values, other.values).low > 1 ||
             is_usually_above(leader.values, other.values, verdict_error);
    });
  });
}

/// How many lead; 0 if no one clearly does.
std::size_t leaders_of(const std::vector<Standing>& table) {
  for (std::size_t count = 1; count < table.size(); ++count)
    if (clearly_ahead(table, count)) return count;
  return 0;
}

/// The same ones lead another table, in any order.
bool lead_too(const std::vector<Standing>& leaders, const std::vector<Standing>& table) {
  return clearly_ahead(table, leaders.size()) &&
         std::is_permutation(
             leaders.begin(), leaders.end(), table.begin(),
             [](const Standing& a, const Standing& b) { return a.contender == b.contender; });
}

struct Ranking {
  bool enough_cores = true;
  std::optional<ExecutorComparison::Winner> winner;
};

/// Who leads at the largest count of threads, and from which count on. Those who lead may have
/// lacked cores, but nobody behind.
Ranking ranking_of(const Contest& contest, const std::vector<int>& threads) {
  if (!comparable(contest, threads.back())) return {};
  const auto table = standings(contest, threads.back());
  const std::size_t count = leaders_of(table);
  for (std::size_t i = std::max<std::size_t>(count, 1); i < table.size(); ++i)
    if (lacked_cores(*table[i].contender, threads.back())) return {false, std::nullopt};
  if (count == 0) return {};
  const std::vector<Standing> leaders(table.begin(),
                                      table.begin() + static_cast<std::ptrdiff_t>(count));
  ExecutorComparison::Winner winner;
  for (const Standing& each : leaders) winner.executors.push_back(each.contender->name);
  for (auto n = threads.rbegin(); n != threads.rend(); ++n) {
    if (!comparable(contest, *n) || !lead_too(leaders, standings(contest, *n))) break;
    winner.from_threads = *n;
  }
  winner.next = table[count].contender->name;
  winner.factor = paired_ratio(table[0].values, table[count].values);
  return {true, winner};
}

/// What a call of a case took in its 1-thread rounds, one for each block, as it would be with the
/// control's call of `reference_s`.
class SingleCalls {
 public:
  SingleCalls(const JudgedCase& judged, double reference_s)
      : label_(label_of(judged.result.planned)) {
    std::map<double, double> by_block;
    for (const MeasuredPoint& each : judged.points)
      for (std::size_t i = 0; i < each.values.samples.size(); ++i)
        by_block.emplace(each.values.samples.block[i],
                         call_cost(each.values.undelayed_call_s[i], each.figures.cpu_share,
                                   each.values.control_undelayed_call_s[i])
                             .at_speed(reference_s));
    for (const auto& [block, call_s] : by_block) {
      blocks_.push_back(block);
      calls_s_.push_back(call_s);
    }
  }
  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] BlockValues values() const { return {blocks_, calls_s_}; }
  [[nodiscard]] double median_s() const { return median(calls_s_); }

 private:
  std::string label_;
  std::vector<double> blocks_;
  std::vector<double> calls_s_;
};

/// The place of the one that none is faster than. Ratios in common blocks need not agree all round:
/// then it is one of the fastest.
std::size_t fastest_of(const std::vector<SingleCalls>& all) {
  std::size_t best = 0;
  for (std::size_t round = 0; round < all.size(); ++round) {
    const std::size_t before = best;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (paired_ratio(all[i].values(), all[best].values()).estimate < 1) best = i;
    if (best == before) break;
  }
  return best;
}

/// Those that have figures.
std::vector<const JudgedCase*> cases_of_python(const Report& report) {
  std::vector<const JudgedCase*> cases;
  for (const JudgedCase& judged : report.cases)
    if (!judged.points.empty() && judged.result.python) cases.push_back(&judged);
  return cases;
}

double median_control_call_s(std::span<const JudgedCase* const> cases) {
  std::vector<double> controls_s;
  for (const JudgedCase* judged : cases)
    for (const MeasuredPoint& each : judged->points)
      controls_s.push_back(each.figures.control_call_s);
  return median(controls_s);
}

ExecutorComparison::Entry entry_of(const Contender& contender, int threads) {
  const auto& [point, values, figures] = *contender.judged->at(threads);
  return {contender.name,           threads,       figures.throughput_per_s,
          figures.speedup.estimate, point.start_s, point.memory_bytes};
}

std::string column_of(const Case& planned) {
  const std::string gil = gil_words(planned);
  return gil.empty() ? planned.interpreter : fmt::format("{}, {}", planned.interpreter, gil);
}

/// All but the Python and its GIL.
std::string row_of(Case planned) {
  planned.several_interpreters = false;
  planned.gil = GilMode::standard;
  return label_of(planned);
}

/// Where `name` stands in `names`, at the end if it is new.
std::size_t place_of(std::vector<std::string>& names, const std::string& name) {
  const auto known = std::find(names.begin(), names.end(), name);
  const auto place = static_cast<std::size_t>(known - names.begin());
  if (known == names.end()) names.push_back(name);
  return place;
}

std::vector<const JudgedCase*> measured_in(const PythonRow& row) {
  std::vector<const JudgedCase*> cases;
  for (const auto& cell : row.cells)
    if (cell && !cell->judged->points.empty()) cases.push_back(cell->judged);
  return cases;
}

int largest_common_threads(std::span<const JudgedCase* const> cases) {
  int threads = 1;
  for (const MeasuredPoint& each : cases.front()->points)
    if (std::all_of(cases.begin(), cases.end(),
                    [&](const JudgedCase* judged) { return judged->at(each.point.threads); }))
      threads = std::max(threads, each.point.threads);
  return threads;
}

/// The figures of a row, once all of its cells have their cases.
void fill(PythonRow& row) {
  const std::vector<const JudgedCase*> cases = measured_in(row);
  if (cases.empty()) return;
  row.threads = largest_common_threads(cases);
  const double reference_s = median_control_call_s(cases);
  std::vector<SingleCalls> calls;
  calls.reserve(cases.size());
  for (const JudgedCase* judged : cases) calls.emplace_back(*judged, reference_s);
  const std::size_t fastest = fastest_of(calls);
  for (auto& cell : row.cells) {
    if (!cell) continue;
    const auto own = std::find(cases.begin(), cases.end(), cell->judged);
    if (own == cases.end()) continue;
    const auto place = static_cast<std::size_t>(own - cases.begin());
    if (row.threads > 1) cell->speedup = speedup_at(*cell->judged, row.threads);
    cell->single_relative = place == fastest
                                ? exactly(1)
                                : paired_ratio(calls[place].values(), calls[fastest].values());
  }
}

/// Relative to the fastest of them, at their median speed.
void add_single_thread_costs(std::vector<SingleThreadCost>& costs,
                             std::span<const JudgedCase* const> cases) {
  const double reference_s = median_control_call_s(cases);
  std::vector<SingleCalls> all;
  all.reserve(cases.size());
  for (const JudgedCase* judged : cases) all.emplace_back(*judged, reference_s);
  const SingleCalls& fastest = all[fastest_of(all)];
  for (const SingleCalls& each : all) {
    const Estimate relative =
        &each == &fastest ? exactly(1) : paired_ratio(each.values(), fastest.values());
    costs.push_back({each.label(), relative.estimate * fastest.median_s(), relative});
  }
}

}  // namespace

std::optional<double> ParameterCurve::break_even() const {
  std::optional<double> from;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!(entry->speedup.low > worth_while)) break;
    from = entry->value;
  }
  return from;
}

std::vector<ParameterCurve> parameter_curves(const Report& report) {
  std::vector<ParameterCurve> curves;
  for (const Family& family : families_in(report)) {
    ParameterCurve curve = curve_of(family);
    if (curve.threads > 1 && curve.entries.size() > 1) curves.push_back(std::move(curve));
  }
  return curves;
}

std::vector<SharingCost> sharing_costs(const Report& report) {
  std::vector<SharingCost> costs;
  for (const JudgedCase& with_own : report.cases) {
    if (with_own.result.planned.workload.share != Sharing::none) continue;
    Case shared = with_own.result.planned;
    shared.workload.share = Sharing::all;
    for (const JudgedCase& judged : report.cases) {
      if (!same_but_for_threads(judged.result.planned, shared)) continue;
      const int threads =
          std::min(largest_thread_count(with_own, true), largest_thread_count(judged, true));
      const MeasuredPoint* const together = judged.at(threads);
      const MeasuredPoint* const apart = with_own.at(threads);
      if (threads > 1 && together && apart)
        costs.push_back({label_of(shared), threads, together->figures.speedup,
                         apart->figures.speedup,
                         paired_ratio(in_blocks(*together, together->values.speedup),
                                      in_blocks(*apart, apart->values.speedup))});
    }
  }
  return costs;
}

std::vector<ExecutorComparison> executor_comparisons(const Report& report) {
  std::vector<ExecutorComparison> comparisons;
  for (const Contest& contest : contests_in(report)) {
    if (contest.contenders.size() < 2) continue;
    const std::vector<int> threads = common_threads(contest);
    if (threads.empty()) continue;
    ExecutorComparison comparison;
    comparison.label = label_of(contest);
    comparison.of_pythons =
        contest.contenders.front().judged->result.planned.several_interpreters &&
        !has_several_executors(contest);
    for (const Contender& each : contest.contenders)
      comparison.entries.push_back(entry_of(each, threads.back()));
    Ranking ranking = ranking_of(contest, threads);
    comparison.had_cores = ranking.enough_cores;
    comparison.winner = std::move(ranking.winner);
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

PythonMatrix python_matrix(const Report& report) {
  PythonMatrix matrix;
  std::vector<std::string> rows;
  for (const JudgedCase& judged : report.cases) {
    const Case& planned = judged.result.planned;
    if (!planned.several_interpreters) continue;
    const std::size_t column = place_of(matrix.columns, column_of(planned));
    const std::size_t row = place_of(rows, row_of(planned));
    matrix.rows.resize(rows.size());
    auto& cells = matrix.rows[row].cells;
    cells.resize(std::max(cells.size(), column + 1));
    cells[column] = PythonCell{&judged, {}, {}};
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    matrix.rows[i].label = rows[i];
    matrix.rows[i].cells.resize(matrix.columns.size());
    fill(matrix.rows[i]);
  }
  return matrix;
}

std::vector<SingleThreadCost> single_thread_costs(const Report& report) {
  std::vector<std::string> places;
  std::vector<std::vector<const JudgedCase*>> cases;  // by place
  for (const JudgedCase* judged : cases_of_python(report)) {
    const std::size_t place = place_of(places, judged->result.planned.place);
    cases.resize(places.size());
    cases[place].push_back(judged);
  }
  std::vector<SingleThreadCost> costs;
  for (const auto& at_place : cases) add_single_thread_costs(costs, at_place);
  return costs;
}

}  // namespace gilscale
