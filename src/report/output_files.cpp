#include "gilscale/report/output_files.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "gilscale/report/reporters.hpp"
#include "gilscale/text/error.hpp"
#include "report/output_file.hpp"

namespace gilscale {
namespace {

void refuse_same(const OutputRequest& request, const OutputRequest& other) {
  if (same_file(request.path, other.path))
    throw UsageError(
        fmt::format("two options name the same file '{}'; give each its own", request.path));
}

}  // namespace

OutputFiles::OutputFiles(std::vector<OutputRequest> requests) : requests_(std::move(requests)) {
  for (auto request = requests_.begin(); request != requests_.end(); ++request) {
    check_writable(request->path);
    for (auto other = requests_.begin(); other != request; ++other) refuse_same(*request, *other);
  }
}

bool OutputFiles::write(const Report& report) const {
  bool all_written = true;
  for (const OutputRequest& request : requests_) {
    try {
      write_atomically(request.path, reporter(request.reporter).render(report, Style{}));
    } catch (const Error& error) {
      fmt::print(stderr, "gilscale: {}\n", error.what());
      all_written = false;
    }
  }
  return all_written;
}

ExitCode exit_code_with_files(ExitCode code, bool written) {
  return code == ExitCode::ok && !written ? ExitCode::not_written : code;
}

void annotate(const Report& report) {
  const char* actions = std::getenv("GITHUB_ACTIONS");
  if (actions && std::string_view(actions) == "true")
    fmt::print(stderr, "{}", reporter("github").render(report, Style{}));
}

}  // namespace gilscale
