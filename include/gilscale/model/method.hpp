#pragma once

namespace gilscale {

/// Of the way in which figures are measured. It changes when a file of before cannot be compared
/// with one of now as it is: what a round, a sample or a call's cost is. 1 had controls of 25 ms at
/// most, with as many threads as the workload, and cases one after the other; 2 has coins, controls
/// as long as the workload, and cases that take turns.
inline constexpr int method_version = 2;

}  // namespace gilscale
