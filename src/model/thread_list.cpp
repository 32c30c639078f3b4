#include "gilscale/model/thread_list.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <sstream>

#include "gilscale/measure/executor.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

[[noreturn]] void refuse_list(const std::string& text) {
  throw UsageError(
      fmt::format("--threads '{}' is not a list of thread counts from 1 to {}; "
                  "write it as 1,2,4 or 1-24 or auto",
                  text, most_threads));
}

int parse_count(std::string_view digits, const std::string& whole) {
  int count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool complete = error == std::errc() && end == digits.data() + digits.size();
  if (!complete || count < 1 || count > most_threads) refuse_list(whole);
  return count;
}

}  // namespace

std::vector<int> parse_thread_list(const std::string& text) {
  std::set<int> counts;
  std::istringstream list(text);
  for (std::string item; std::getline(list, item, ',');) {
    const std::size_t dash = item.find('-');
    const int first = parse_count(std::string_view(item).substr(0, dash), text);
    const int last = dash == std::string::npos
                         ? first
                         : parse_count(std::string_view(item).substr(dash + 1), text);
    if (last < first) refuse_list(text);
    for (int count = first; count <= last; ++count) counts.insert(count);
  }
  if (counts.empty() || text.ends_with(',')) refuse_list(text);
  return {counts.begin(), counts.end()};
}

}  // namespace gilscale
