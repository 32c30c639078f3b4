#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gilscale {

/// The running gilscale: it starts itself as worker, and finds its workloads beside it.
std::filesystem::path own_executable();

/// What starts it as a worker that ends with its front end.
std::vector<std::string> worker_command();

/// The same at another place: `launcher`, then the gilscale there, which is on that place's PATH
/// unless the launcher's last word names it, with `role`: "--at-place". A launcher that stays on
/// this machine, as taskset, finds this gilscale.
std::vector<std::string> worker_command(const std::vector<std::string>& launcher,
                                        const std::string& role);

/// What starts it as a process that plays a member of a worker's team.
std::vector<std::string> member_command();

/// Whether the program was started by that: another one than gilscale, whose own executable it is
/// then, has to run_member_process().
bool is_member_command(int argc, const char* const* argv);

/// The interpreter that gilscale is installed for as a package, by pip; empty where it is not. What
/// starts the executable then (scripts/gilscale) says so.
std::string own_python();

/// The folder whose bin/ the executable lies in: of an installation, of a package or of a build.
std::filesystem::path own_prefix();

/// The clone that it was built in (build/<preset>/bin). Empty where it is installed: then no folder
/// of the machine that built it may matter.
std::filesystem::path own_clone();

/// <prefix>/share/gilscale of the installation or build tree that the executable belongs to.
std::filesystem::path share_folder();

}  // namespace gilscale
