#pragma once

#include <filesystem>

namespace gilscale {

/// A new folder below TMPDIR or /tmp, which goes, with all that is in it, when this does.
class TemporaryFolder {
 public:
  /// Throws UsageError where it cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gilscale
