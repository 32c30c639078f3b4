#pragma once

#include <string>
#include <vector>

#include "gilscale/judge/report.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// A file to write, and by which reporter.
struct OutputRequest {
  std::string path;
  std::string reporter;

  friend bool operator==(const OutputRequest&, const OutputRequest&) = default;
};

/// The files that a command writes its report to, each in its format. Create one before anything is
/// measured; write() as often as there is something new.
class OutputFiles {
 public:
  /// Throws UsageError for a file that cannot be written, and for one that is named twice.
  explicit OutputFiles(std::vector<OutputRequest> requests);

  /// A disk that fills up costs the file, not what is measured and printed: false then, and
  /// standard error has the reason.
  [[nodiscard]] bool write(const Report& report) const;

 private:
  std::vector<OutputRequest> requests_;
};

/// What a command ends with that would end with `code`, where all its files were `written` or not:
/// a file that is missing is told only where nothing else went wrong.
ExitCode exit_code_with_files(ExitCode code, bool written);

/// In a job of GitHub Actions, says what went wrong so that it shows on the run's page.
void annotate(const Report& report);

}  // namespace gilscale
