#include "gilscale/model/venv.hpp"

#include <fmt/format.h>

#include <fstream>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// The version in pyvenv.cfg: `version` of venv, `version_info` of virtualenv and uv.
std::string version_in(const fs::path& file) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, equals));
    if (key == "version" || key == "version_info") return trimmed(line.substr(equals + 1));
  }
  return "";
}

std::string_view minor_version(std::string_view version) {
  const std::size_t dot = version.find('.');
  return version.substr(0, version.find('.', dot == std::string_view::npos ? 0 : dot + 1));
}

}  // namespace

std::optional<VirtualEnvironment> read_venv(const fs::path& folder) {
  std::error_code error;
  const fs::path python = folder / "bin" / "python";
  if (!fs::exists(folder / "pyvenv.cfg", error) || !fs::exists(python, error)) return std::nullopt;
  return VirtualEnvironment{fs::absolute(python), version_in(folder / "pyvenv.cfg")};
}

bool same_python(std::string_view version, std::string_view other) {
  return minor_version(version) == minor_version(other);
}

VirtualEnvironment require_venv(const std::string& given) {
  if (auto venv = read_venv(given)) return *venv;
  throw UsageError(fmt::format(
      "--venv '{}' is not a virtual environment: it lacks pyvenv.cfg or bin/python; make one with "
      "python3 -m venv",
      given));
}

std::string python_of_venv(const std::string& given, const std::string& active,
                           std::string_view built_for, bool own_code) {
  const std::string& folder = given.empty() ? active : given;
  if (folder.empty()) return "";
  const auto venv = given.empty() ? read_venv(folder) : require_venv(given);
  if (!venv) return "";
  if (same_python(venv->version, built_for)) return venv->python.string();
  if (given.empty() && !own_code) return "";
  throw UsageError(
      fmt::format("the virtual environment '{}' is of Python {}, this gilscale of Python {}; {}",
                  folder, venv->version, built_for,
                  given.empty() ? "deactivate it, or use a gilscale that was built for its Python"
                                : "use a gilscale that was built for its Python"));
}

}  // namespace gilscale
