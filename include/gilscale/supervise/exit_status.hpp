#pragma once

#include <optional>
#include <string>

namespace gilscale {

// How a child process ended, from its wait status: see waitpid(2).

/// The signal that ended it; nothing if it ended by itself.
std::optional<int> ending_signal(int status);

/// "was ended by SIGSEGV (Segmentation fault)" or "ended with exit code 3": what follows the name
/// of a process in a message.
std::string how_it_ended(int status);

}  // namespace gilscale
