#pragma once

#include "gilscale/measure/executor.hpp"

namespace gilscale {

/// A round of an executor whose threads are those of this process, with open books. Throws like
/// Executor::round().
LedgerRound keep_books(Executor& executor, int threads, CallShare calls);

}  // namespace gilscale
