#include "gilscale/supervise/temporary_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "gilscale/text/error.hpp"

namespace gilscale {

TemporaryFolder::TemporaryFolder() {
  const char* const named = std::getenv("TMPDIR");
  const std::string parent = named && *named ? named : "/tmp";
  std::string name = parent + "/gilscale-XXXXXX";
  if (!mkdtemp(name.data()))
    throw UsageError(fmt::format("cannot make a folder in '{}': {}; name another one with TMPDIR",
                                 parent, std::strerror(errno)));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace gilscale
