#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gilscale {

/// Empty where it is not set.
std::string environment_variable(const char* name);

/// The folder that the environment variable names, else that one below the home folder; empty
/// without a home.
std::filesystem::path user_folder(const char* variable, const char* below_home);

/// Where programs keep what they have for the user (XDG_DATA_HOME).
std::filesystem::path user_data_folder();

/// Those that PATH names, in its order.
std::vector<std::filesystem::path> folders_on_path();

/// Whether that is a file, and may be run.
bool is_program(const std::filesystem::path& file);

}  // namespace gilscale
