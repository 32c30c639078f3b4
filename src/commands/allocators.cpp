#include "commands/allocators.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "commands/trials.hpp"
#include "gilscale/machine/libraries.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

/// As their packages name them, those of which most is heard first.
constexpr std::array known{"libjemalloc.so.2", "libmimalloc.so.2", "libmimalloc.so.3",
                           "libtcmalloc_minimal.so.4"};

std::vector<std::string> worker_with(const std::string& library) {
  const char* const others = std::getenv("LD_PRELOAD");
  const std::string all = others && *others ? library + ":" + others : library;
  std::vector<std::string> command{"env", "LD_PRELOAD=" + all};
  for (std::string& word : worker_command()) command.push_back(std::move(word));
  return command;
}

/// What the loader says when it is to load the library before all others; empty if nothing.
std::string complaint_about(const std::string& library) {
  if (library.find_first_of(" \t\n:") != library.npos)
    return "the loader takes blanks and colons in its path for the ends of names; move it";
  constexpr std::size_t longest = 4096;
  const Process process({"env", "LD_PRELOAD=" + library, "true"}, {});
  const std::string text = Stream(process.error_fd()).read_to_end(longest);
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::optional<std::string> allocator_to_try(const std::string& asked_for) {
  if (!asked_for.empty()) {
    if (const auto found = find_library(asked_for)) {
      const std::string complaint = complaint_about(found->string());
      if (complaint.empty()) return found->string();
      throw UsageError(fmt::format("--allocator '{}' cannot take the C library's place: {}",
                                   asked_for, complaint));
    }
    throw UsageError(fmt::format(
        "--allocator '{}' is not there; install its package, or name the file of a library",
        asked_for));
  }
  for (const char* const name : known)
    if (const auto found = find_library(name); found && complaint_about(found->string()).empty())
      return found->string();
  return std::nullopt;
}

bool may_be_slowed_by_allocator(const JudgedCase& judged) {
  const auto& cause = judged.judgement.cause;
  return cause == Cause::sharing || cause == Cause::unknown;
}

AllocatorTrial try_allocator(const CaseResult& result, const std::string& library,
                             double timeout_s) {
  const auto with_library = [&](Launch& launch) { launch.command = worker_with(library); };
  return AllocatorTrial{library, gain_of(result, with_library, "with " + library, timeout_s)};
}

}  // namespace gilscale
