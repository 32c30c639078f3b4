#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

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
  EXPECT_EQ(text_of(path), without_version(text)) << path << "; UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace gilscale
