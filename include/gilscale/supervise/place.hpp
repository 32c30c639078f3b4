#pragma once

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/model/case.hpp"

namespace gilscale {

// A place is where a launcher (--launcher: ssh, srun, docker, taskset) starts a process. There, a
// second gilscale stands between the front end and each worker: it starts the worker, passes lines
// on, and sends it signals, which no launcher would. It needs standard input and output only. When
// its input ends, for whatever reason, nothing that it has started is left behind.

/// Of what a front end and the gilscale of a place say to each other. Those of different versions
/// do not understand each other.
inline constexpr int place_protocol = 1;

/// The words of a launcher, which are split as by a shell (quotes, ~ and $NAME, but no commands).
/// Throws UsageError.
std::vector<std::string> launcher_words(const std::string& given);

/// Starts the worker of a case, wherever that is.
std::vector<std::string> worker_command(const Case& planned);

/// The case as it is sent to a place: together with its file, if it has one that can be read here.
nlohmann::json case_for_place(const Case& planned);

/// A line that makes the gilscale of a place send its worker a signal (SIGSTOP, SIGCONT, SIGABRT).
nlohmann::json signal_message(int signal);

/// The process that stands between: reads a case_for_place(), starts the worker, and passes on what
/// the two say to each other until one of them has gone. Throws UsageError where that is no case.
void relay_worker();

/// Asks the gilscale of a place, whose worker_command() with the role --describe this is, and gives
/// its answer: one JSON object. Throws WorkloadError that says in one sentence what went wrong: the
/// place cannot be reached, it has no gilscale, or one that speaks another protocol.
nlohmann::json ask_place(const std::vector<std::string>& launcher, const nlohmann::json& question);

/// What the gilscale of a place answers a question with, once it is found: on one line of standard
/// output, whatever else was printed there before.
void answer_place(const nlohmann::json& answer);

}  // namespace gilscale
