#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gilscale {

/// The file of a shared library: a path as it is, a name ("libjemalloc.so.2") where the loader
/// looks for it, in LD_LIBRARY_PATH, beside the C library and in the usual folders. None if there
/// is none.
std::optional<std::filesystem::path> find_library(const std::string& name);

}  // namespace gilscale
