#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/model/result.hpp"

namespace gilscale {

/// What a result file holds: a run of gilscale's, or of any Google Benchmark program.
struct ResultFile {
  std::string name;  ///< its path
  nlohmann::json context =
      nlohmann::json::object();  ///< Google Benchmark's, and what gilscale adds
  bool is_gilscale = false;
  std::vector<CaseResult> cases;  ///< of gilscale's
  /// Seconds of each repetition, by the benchmark's name.
  std::map<std::string, std::vector<double>> times_s;
};

/// Throws UsageError that names the file when it cannot be read, is too large, is not JSON, or is
/// not such a document: every figure that is used later has been checked then.
ResultFile read_result_file(const std::string& path);

/// The same for its text.
ResultFile parse_result_file(std::string_view text, const std::string& name);

}  // namespace gilscale
