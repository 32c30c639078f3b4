#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "gilscale/text/version.hpp"
#include "temp_folder.hpp"

namespace gilscale {

/// A golden file survives the next release.
inline std::string without_version(std::string text) {
  const std::string quoted = "\"" + std::string(version) + "\"";
  for (std::size_t at = 0; (at = text.find(quoted, at)) != std::string::npos;)
    text.replace(at, quoted.size(), "\"<version>\"");
  return text;
}

/// Of samples two say as much as twenty, and those of one point as much as those of all.
inline void abridge_samples(nlohmann::json& document, bool& shown) {
  if (document.is_object() && document.contains("samples") && document["samples"].is_object()) {
    nlohmann::json& samples = document["samples"];
    if (std::exchange(shown, true))
      samples =
          std::to_string(samples.size()) + " lists of " + std::to_string(samples.front().size());
    else
      for (nlohmann::json& values : samples)
        if (values.size() > 2)
          values = {values[0], values[1], "... " + std::to_string(values.size()) + " in all"};
  }
  for (nlohmann::json& each : document)
    if (each.is_structured()) abridge_samples(each, shown);
}

/// JSON for people: what fits in a line stands in one.
inline std::string readable(const nlohmann::json& value, std::size_t indent = 0) {
  constexpr std::size_t width = 100;
  if (const std::string line = value.dump(); !value.is_structured() || indent + line.size() < width)
    return line;
  const bool is_object = value.is_object();
  std::string text = is_object ? "{" : "[";
  for (auto item = value.begin(); item != value.end(); ++item) {
    text += item == value.begin() ? "\n" : ",\n";
    text += std::string(indent + 2, ' ');
    if (is_object) text += nlohmann::json(item.key()).dump() + ": ";
    text += readable(*item, indent + 2);
  }
  return text + "\n" + std::string(indent, ' ') + (is_object ? "}" : "]");
}

/// What a format writes as JSON, short enough to be read in a golden file. Other text stays.
inline std::string readable_text(const std::string& text) {
  nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return text;
  bool shown = false;
  abridge_samples(document, shown);
  return readable(document) + "\n";
}

/// The first line in which they differ, of both.
inline std::string first_difference(const std::string& expected, const std::string& actual) {
  std::istringstream expected_lines(expected);
  std::istringstream actual_lines(actual);
  std::string one;
  std::string other;
  for (int number = 1;; ++number) {
    const bool more = static_cast<bool>(std::getline(expected_lines, one));
    const bool more_actual = static_cast<bool>(std::getline(actual_lines, other));
    if (more != more_actual || one != other || !more)
      return "line " + std::to_string(number) + ":\n  golden: " + (more ? one : "(its end)") +
             "\n  now:    " + (more_actual ? other : "(its end)") + "\n";
  }
}

/// Compares a text with tests/unit/golden/`name`. UPDATE_GOLDEN=1 in the environment writes the
/// file instead: then read the difference in version control before committing it.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::path(GILSCALE_TEST_DATA) / "unit" / "golden" / name;
  if (std::getenv("UPDATE_GOLDEN")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << without_version(text);
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << "; UPDATE_GOLDEN=1 writes it";
  const std::string golden = text_of(path);
  const std::string now = without_version(text);
  EXPECT_TRUE(golden == now) << path << ", " << first_difference(golden, now)
                             << "UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace gilscale
