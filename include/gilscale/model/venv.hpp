#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gilscale {

/// A virtual environment (PEP 405).
struct VirtualEnvironment {
  std::filesystem::path python;  ///< its executable
  std::string version;           ///< "3.11.2"
};

/// The environment in that folder; none if there is none.
std::optional<VirtualEnvironment> read_venv(const std::filesystem::path& folder);

/// The environment that --venv names. Throws UsageError if there is none.
VirtualEnvironment require_venv(const std::string& given);

/// Whether both are of one minor version of Python: then one can use the other's packages.
bool same_python(std::string_view version, std::string_view other);

/// The Python whose packages a run sees. `given` is --venv, `active` is VIRTUAL_ENV, each empty if
/// there is none; `built_for` the version that gilscale embeds. An active environment of another
/// version only matters if `own_code` is measured. Empty where there is no environment. Throws
/// UsageError that names both versions.
std::string python_of_venv(const std::string& given, const std::string& active,
                           std::string_view built_for, bool own_code);

}  // namespace gilscale
