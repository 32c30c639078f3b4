#pragma once

#include <string>
#include <vector>

#include "gilscale/model/case.hpp"

namespace gilscale {

/// Where another version of the measured code comes from (--against).
struct VersionSource {
  std::string given;                ///< as the user named it
  std::vector<std::string> worker;  ///< another gilscale; empty: this one
  std::string python;               ///< of a virtual environment; empty: that of the case
  std::string import_from;          ///< a folder before all others; empty: none
  std::string folder;               ///< to run in; empty: the current one
  std::string instead_of;           ///< paths below it are taken below `folder` instead

  /// The same case in that version. Throws UsageError where that version cannot have it.
  [[nodiscard]] Case applied_to(Case planned) const;
};

/// What `given` names: an executable file is another gilscale; a folder with pyvenv.cfg a virtual
/// environment; a folder with .git another working tree of the project, to be measured from its
/// folder that corresponds to the current one; any other folder is a prefix, from whose
/// lib/pythonX.Y/site-packages, or else from itself, is imported. Throws UsageError if it is none
/// of them. `python_version` is what gilscale embeds.
VersionSource find_version(const std::string& given, const std::string& python_version);

}  // namespace gilscale
