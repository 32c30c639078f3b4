#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gilscale/model/result.hpp"

namespace gilscale {

/// What lets gilscale measure with one Python: <lib folder>/worker-<SOABI>.so, described by a file
/// beside it, worker-<SOABI>.json.
struct Plugin {
  std::filesystem::path file;  ///< the library
  std::string soabi;           ///< "cpython-313t-x86_64-linux-gnu"
  std::string version;         ///< gilscale's, for which it was made
  PythonInfo python;           ///< for which it was made
};

/// <prefix>/lib/gilscale of the installation or build tree that the executable belongs to.
std::filesystem::path lib_folder();

/// Where plug-ins go that are made where nobody may write to lib_folder(): a folder of the user's,
/// for this version of gilscale, laid out as a prefix (lib/gilscale, share/gilscale). Empty without
/// a home.
std::filesystem::path user_prefix();

/// The plug-ins in that folder, first the one that gilscale came with, then by name. What cannot be
/// read is none.
std::vector<Plugin> plugins_in(const std::filesystem::path& folder);

/// All that there are: those in lib_folder(), then the user's.
std::vector<Plugin> installed_plugins();

/// What to write into the file beside a plug-in; `is_default`: it is the one that gilscale came
/// with.
std::string plugin_description(const std::string& soabi, const PythonInfo& python, bool is_default);

/// Whether that file, which may be missing, says so.
bool describes_default_plugin(const std::filesystem::path& file);

/// What makes one here: "/home/me/gilscale/scripts/add_python.sh /usr/bin/python3.13" where
/// gilscale lies in its sources, "/env/bin/python -m gilscale add-python /usr/bin/python3.13" where
/// it came by pip.
std::string plugin_command(const std::string& python);

/// "make it, in a minute, with: " and that command.
std::string how_to_make_plugin(const std::string& python);

/// <prefix>/share/gilscale/plugin: what a plug-in is compiled from, where gilscale is installed.
std::filesystem::path plugin_sources();

/// The built-in workloads that were made together with the plug-in `file`.
std::filesystem::path workloads_beside(const std::filesystem::path& file);

/// The one of installed_plugins() whose Python is measured where none is named. Throws
/// UsageError if there is none.
const Plugin& default_plugin(const std::vector<Plugin>& plugins);

/// The one for that Python. Throws UsageError with what to do if there is none, or if it was made
/// for another gilscale.
const Plugin& plugin_for(const std::string& soabi, const std::string& python,
                         const std::vector<Plugin>& plugins);

}  // namespace gilscale
