#pragma once

#include <filesystem>

namespace gilscale {

/// The running gilscale: it starts itself as worker, and finds its workloads beside it.
std::filesystem::path own_executable();

/// <prefix>/share/gilscale of the installation or build tree that the executable belongs to.
std::filesystem::path share_folder();

}  // namespace gilscale
