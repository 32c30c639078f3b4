#pragma once

#include <string>

#include "gilscale/model/case.hpp"
#include "gilscale/report/reporters.hpp"

namespace gilscale {

// What the table shows below the scaling of each case. A paragraph begins with an empty line; it is
// empty where there is nothing to say.

/// The label in a row: a long one without its middle, so that rows fit on a screen.
std::string row_label(const std::string& label);

/// The expectations, and why one was not met.
std::string checks_paragraph(const Report& report, const Style& style);

/// What changed since the other version.
std::string changes_paragraph(const Report& report, const Style& style);

/// The speedup over each parameter's values, and where threads begin to pay.
std::string parameter_tables(const Report& report);

std::string sharing_sentences(const Report& report);

/// The executors side by side, for each workload.
std::string executor_tables(const Report& report);

/// Workloads by Pythons, where there are several.
std::string python_paragraphs(const Report& report);

/// The experiment's first chart: what a call costs on one thread.
std::string single_thread_table(const Report& report);

}  // namespace gilscale
