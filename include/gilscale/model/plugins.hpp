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

/// The plug-ins in that folder, first the one that gilscale came with, then by name. What cannot be
/// read is none.
std::vector<Plugin> plugins_in(const std::filesystem::path& folder);

/// "make it, in a minute, with: /home/me/gilscale/scripts/add_python.sh /usr/bin/python3.13".
std::string how_to_make_plugin(const std::string& python);

/// The one of plugins_in(lib_folder()) whose Python is measured where none is named. Throws
/// UsageError if there is none.
const Plugin& default_plugin(const std::vector<Plugin>& plugins);

/// The one for that Python. Throws UsageError with what to do if there is none, or if it was made
/// for another gilscale.
const Plugin& plugin_for(const std::string& soabi, const std::string& python,
                         const std::vector<Plugin>& plugins);

}  // namespace gilscale
