#pragma once

namespace gilscale {

/// From now on Ctrl-C, SIGTERM and SIGHUP only make interrupted() true and interrupt_fd() readable,
/// so that what is measured can still be printed and written. A second Ctrl-C ends the process.
/// SIGPIPE is ignored: a worker that died must not take the front end with it.
void watch_for_interrupts();

bool interrupted();

/// Readable from the first interrupt on; for poll().
int interrupt_fd();

}  // namespace gilscale
