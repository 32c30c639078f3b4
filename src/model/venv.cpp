#include "gilscale/model/venv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

#include "gilscale/model/plugins.hpp"
#include "gilscale/text/error.hpp"
#include "gilscale/text/trimmed.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

/// The version in pyvenv.cfg: `version` of venv, `version_info` of virtualenv and uv.
std::string version_in(const fs::path& file) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view whole = line;
    const std::string_view key = trimmed(whole.substr(0, equals));
    if (key == "version" || key == "version_info")
      return std::string(trimmed(whole.substr(equals + 1)));
  }
  return "";
}

}  // namespace

std::string_view minor_version(std::string_view whole) {
  const std::size_t dot = whole.find('.');
  return whole.substr(0, whole.find('.', dot == std::string_view::npos ? 0 : dot + 1));
}

std::optional<VirtualEnvironment> read_venv(const fs::path& folder) {
  std::error_code error;
  const fs::path python = folder / "bin" / "python";
  if (!fs::exists(folder / "pyvenv.cfg", error) || !fs::exists(python, error)) return std::nullopt;
  return VirtualEnvironment{fs::absolute(python), version_in(folder / "pyvenv.cfg")};
}

bool same_python(std::string_view one, std::string_view other) {
  return minor_version(one) == minor_version(other);
}

VirtualEnvironment require_venv(const std::string& given) {
  if (auto venv = read_venv(given)) return *venv;
  throw UsageError(fmt::format(
      "--venv '{}' is not a virtual environment: it lacks pyvenv.cfg or bin/python; make one with "
      "python3 -m venv",
      given));
}

std::optional<VirtualEnvironment> chosen_venv(const std::string& given, const std::string& active,
                                              std::span<const std::string> versions,
                                              bool own_code) {
  const std::string& folder = given.empty() ? active : given;
  if (folder.empty()) return std::nullopt;
  auto venv = given.empty() ? read_venv(folder) : require_venv(given);
  if (!venv) return std::nullopt;
  const auto fits = [&](const std::string& one) { return same_python(venv->version, one); };
  if (std::any_of(versions.begin(), versions.end(), fits)) return venv;
  if (given.empty() && !own_code) return std::nullopt;
  throw UsageError(fmt::format(
      "the virtual environment '{}' belongs to Python {}, but this gilscale measures Python {}; "
      "{}make a plug-in for it: {}",
      folder, venv->version, fmt::join(versions, ", "), given.empty() ? "deactivate it, or " : "",
      plugin_command(venv->python.string())));
}

}  // namespace gilscale
