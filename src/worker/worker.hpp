#pragma once

namespace gilscale {

/// The process that measures one case: reads it as a line of JSON from standard input, then
/// commands, and answers on standard output (messages.hpp). What the measured code prints goes to
/// standard error, and its standard input is empty. If `supervised`, the end of standard input
/// means that the front end is gone, and ends the process group; else it is the end of the
/// commands. Does not return: a worker ends without running destructors of foreign code.
[[noreturn]] void run_worker(bool supervised);

}  // namespace gilscale
