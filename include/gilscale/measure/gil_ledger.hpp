#pragma once

namespace gilscale {

/// Measures how long the calling thread is detached from Python, by standing in for
/// PyEval_SaveThread and PyEval_RestoreThread: the executable exports functions of these names, and
/// the dynamic linker gives them to every extension module in place of libpython's.
/// What calls them inside libpython (modules that are compiled into it) may not be seen; then the
/// time counts as attached.
///
/// start(), run some code, stop(); both attached, on one thread.
class GilLedger {
 public:
  static void start();
  /// Seconds since start() during which this thread was detached, without waiting to attach again.
  static double stop();
};

}  // namespace gilscale
