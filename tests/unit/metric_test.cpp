#include "gilscale/judge/metric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "fixed_report.hpp"
#include "gilscale/report/reporters.hpp"
#include "temp_folder.hpp"

namespace gilscale {
namespace {

const nlohmann::json* at(const nlohmann::json& document, std::string_view name) {
  const std::size_t dot = name.find('.');
  const std::string first(name.substr(0, dot));
  if (!document.contains(first)) return nullptr;
  return dot == name.npos ? &document.at(first) : at(document.at(first), name.substr(dot + 1));
}

std::string rendered(std::string_view reporter_name) {
  return reporter(reporter_name).render(fixed_report(), Style{});
}

nlohmann::json first_point() {
  return nlohmann::json::parse(rendered("json"))["gilscale"]["cases"][0]["points"][0];
}

TEST(Metrics, HaveNamesOfTheirOwnAndAMeaning) {
  std::set<std::string_view> names;
  for (const Metric& metric : point_metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_FALSE(metric.meaning.empty()) << metric.name;
  }
  for (const CaseMetric& metric : case_metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_FALSE(metric.meaning.empty()) << metric.name;
  }
}

TEST(Metrics, KnowWhetherTheGilWasOff) {
  const CaseMetric& metric = *find_case_metric("gil_off");
  const auto value = [&](const GilState& gil) { return metric.value({}, gil)->estimate; };
  EXPECT_EQ(value({false, false, false, true}), 1);
  EXPECT_EQ(value({true, true, true, true}), 0);
  EXPECT_EQ(value({false, true, true, true}), 0);
  EXPECT_EQ(value({false, false, true, true}), 0);
}

TEST(Metrics, StandInEveryPointOfAResultFile) {
  const nlohmann::json point = first_point();
  for (const Metric& metric : point_metrics()) {
    const nlohmann::json* value = at(point, metric.name);
    ASSERT_TRUE(value) << metric.name;
    if (value->is_null()) continue;
    EXPECT_EQ(value->is_object(), metric.shown == Shown::interval) << metric.name;
  }
}

TEST(Metrics, AreColumnsOfCsvWithTheirEnds) {
  const std::string text = rendered("csv");
  const std::string header = "," + text.substr(0, text.find('\n')) + ",";
  for (const Metric& metric : point_metrics()) {
    const std::string name = "," + std::string(metric.name);
    // How many samples there are is said before the figures.
    const bool is_there = metric.in_csv || metric.name == "rounds";
    EXPECT_EQ(header.find(name + ",") != header.npos, is_there) << metric.name;
    EXPECT_EQ(header.find(name + "_low," + std::string(metric.name) + "_high,") != header.npos,
              metric.in_csv && metric.shown == Shown::interval)
        << metric.name;
  }
}

TEST(Metrics, AreInTheReferenceOfResultFiles) {
  const std::string reference =
      text_of(std::filesystem::path(GILSCALE_TEST_DATA).parent_path() / "docs" / "results.md");
  for (const Metric& metric : point_metrics()) {
    const std::string name(metric.name.substr(metric.name.find('.') + 1));
    const std::regex row("\n\\|[^\n]*`" + name + "`");
    EXPECT_TRUE(std::regex_search(reference, row)) << metric.name;
  }
  for (const CaseMetric& metric : case_metrics())
    EXPECT_THAT(reference, testing::HasSubstr("`" + std::string(metric.name) + "`"));
}

}  // namespace
}  // namespace gilscale
