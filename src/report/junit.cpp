#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "report/environment.hpp"
#include "report/formats.hpp"
#include "report/markup.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

/// U+FFFE and U+FFFF, which XML does not allow.
bool is_no_character(std::string_view text) {
  return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

/// One byte as XML 1.0 has it, in attributes as in text: a reader would turn the white space of an
/// attribute into spaces unless it is written as a reference.
std::string xml_of(char c) {
  if (c == '\t' || c == '\n' || c == '\r') return fmt::format("&#{};", static_cast<int>(c));
  if (static_cast<unsigned char>(c) < 0x20) return std::string(replacement);
  const std::string entity = entity_of(c);
  return entity.empty() ? std::string(1, c) : entity;
}

std::string xml(const std::string& text) {
  std::string safe;
  const std::string valid = utf8(text);
  for (std::string_view rest = valid; !rest.empty(); rest.remove_prefix(1)) {
    if (is_no_character(rest)) {
      safe += replacement;
      rest.remove_prefix(replacement.size() - 1);
    } else {
      safe += xml_of(rest.front());
    }
  }
  return safe;
}

/// What stands in a testcase that did not pass.
enum class Result { passed, failure, error, skipped };

struct TestCase {
  std::string name;
  Result result = Result::passed;
  std::string type;     ///< a word: "slower", "exception"
  std::string message;  ///< one sentence
  std::string details;
  double time_s = 0;
};

struct Suite {
  std::string name;
  std::vector<TestCase> cases;
};

/// What all rounds of a case took. At one thread both rounds of a sample are the same one.
double measured_s(const CaseResult& result) {
  double total_s = 0;
  for (const Point& point : result.points) {
    const Samples& samples = point.samples;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      total_s += samples.parallel_s[i] + samples.control_parallel_s[i];
      if (point.threads > 1) total_s += samples.single_s[i] + samples.control_single_s[i];
    }
  }
  return total_s;
}

TestCase test_case(const JudgedCase& judged) {
  const CaseResult& result = judged.result;
  TestCase test;
  test.name = label_of(result.planned);
  test.time_s = measured_s(result);
  if (!result.failure) return test;
  const bool failed = judged.judgement.verdict == Verdict::failed;
  test.result = failed ? Result::error : Result::skipped;
  test.type = to_string(result.failure->kind);
  test.message = result.failure->message;
  test.details = result.failure->details;
  return test;
}

TestCase test_case(const Check& check) {
  TestCase test;
  test.name = fmt::format("{}: {}", check.expectation.text, point_name(check.label, check.threads));
  if (check.outcome == Outcome::passed) return test;
  test.result = check.outcome == Outcome::failed ? Result::failure : Result::skipped;
  test.type = to_string(check.outcome);
  test.message = check.why;
  if (check.seen) test.details = "seen: " + with_interval(*check.seen);
  return test;
}

TestCase test_case(const Change& change) {
  TestCase test;
  test.name = change.name;
  if (change.verdict != ChangeVerdict::slower && change.verdict != ChangeVerdict::unclear)
    return test;
  test.result = change.verdict == ChangeVerdict::slower ? Result::failure : Result::skipped;
  test.type = to_string(change.verdict);
  test.message =
      fmt::format("a call costs {} times what it did before{}", with_interval(change.cost),
                  change.why.empty() ? "" : "; " + change.why);
  return test;
}

template <typename Items>
Suite suite_of(const char* name, const Items& items) {
  Suite suite{name, {}};
  std::transform(items.begin(), items.end(), std::back_inserter(suite.cases),
                 [](const auto& item) { return test_case(item); });
  return suite;
}

std::vector<Suite> suites_of(const Report& report) {
  std::vector<Suite> suites{suite_of("cases", report.cases),
                            suite_of("expectations", report.checks)};
  if (report.changes) suites.push_back(suite_of("changes", report.changes->points));
  std::erase_if(suites, [](const Suite& suite) { return suite.cases.empty(); });
  return suites;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double time_s = 0;

  void add(const Suite& suite) {
    for (const TestCase& test : suite.cases) {
      ++tests;
      failures += test.result == Result::failure ? 1 : 0;
      errors += test.result == Result::error ? 1 : 0;
      skipped += test.result == Result::skipped ? 1 : 0;
      time_s += test.time_s;
    }
  }

  /// Three digits are all that the schema allows a time.
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" time="{:.3f}")", tests, failures,
                       errors, time_s);
  }
};

const char* element_of(Result result) {
  if (result == Result::failure) return "failure";
  return result == Result::error ? "error" : "skipped";
}

std::string outcome_element(const TestCase& test) {
  const char* name = element_of(test.result);
  return fmt::format("      <{} type=\"{}\" message=\"{}\">{}</{}>\n", name, xml(test.type),
                     xml(test.message), xml(test.details), name);
}

std::string element(const TestCase& test, const std::string& suite) {
  const std::string begin =
      fmt::format(R"(    <testcase classname="gilscale.{}" name="{}" time="{:.3f}")", suite,
                  xml(test.name), test.time_s);
  if (test.result == Result::passed) return begin + "/>\n";
  return begin + ">\n" + outcome_element(test) + "    </testcase>\n";
}

/// The schema has no time zone.
std::string timestamp_of(const Report& report) {
  const std::string date = noted(report, "date");
  static const std::regex form(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)");
  const std::string local = date.substr(0, 19);
  return std::regex_match(local, form) ? fmt::format(" timestamp=\"{}\"", local) : "";
}

std::string hostname_of(const Report& report) {
  const std::string name = noted(report, "host_name");
  return name.empty() ? "" : fmt::format(" hostname=\"{}\"", xml(name));
}

std::string properties_of(const Report& report) {
  std::string text;
  for (const auto& [name, value] : environment_of(report))
    text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", xml(name), xml(value));
  return text.empty() ? "" : "    <properties>\n" + text + "    </properties>\n";
}

std::string element(const Suite& suite, const Report& report) {
  Counts counts;
  counts.add(suite);
  std::string text =
      fmt::format("  <testsuite name=\"gilscale.{}\" {} skipped=\"{}\"{}{}>\n", suite.name,
                  counts.attributes(), counts.skipped, timestamp_of(report), hostname_of(report));
  text += properties_of(report);
  for (const TestCase& test : suite.cases) text += element(test, suite.name);
  return text + "  </testsuite>\n";
}

}  // namespace

std::string render_junit(const Report& report, const Style&) {
  Counts counts;
  std::string text;
  for (const Suite& suite : suites_of(report)) {
    counts.add(suite);
    text += element(suite, report);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gilscale\" {}>\n{}"
      "</testsuites>\n",
      counts.attributes(), text);
}

}  // namespace gilscale
