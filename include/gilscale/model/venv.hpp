#pragma once

#include <filesystem>
#include <optional>
#include <span>
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

/// "3.13" of "3.13.1".
std::string_view minor_version(std::string_view whole);

/// Whether both are of one minor version of Python: then one can use the other's packages.
bool same_python(std::string_view one, std::string_view other);

/// The environment whose packages a run sees; none if gilscale's own Python is measured. `given` is
/// --venv, `active` is VIRTUAL_ENV, each empty if there is none; `versions` are those that gilscale
/// has plug-ins for. An active environment of another version only matters if `own_code` is
/// measured. Throws UsageError that names all versions.
std::optional<VirtualEnvironment> chosen_venv(const std::string& given, const std::string& active,
                                              std::span<const std::string> versions, bool own_code);

}  // namespace gilscale
