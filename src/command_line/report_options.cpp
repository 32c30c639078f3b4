#include "command_line/report_options.hpp"

namespace gilscale {

void add_report(CLI::App& report, ReportOptions& options) {
  report
      .add_option("results", options.results, "Result files, as `gilscale run --json FILE` writes")
      ->required()
      ->type_name("RESULTS.json");
  report
      .add_option(
          "-o,--out", options.out,
          "What to draw, by its ending: .html is a report in one file, .svg and .png are one "
          "chart")
      ->required()
      ->type_name("FILE");
  report
      .add_option("--chart", options.chart,
                  "Which chart: scaling (speedup of each workload), time (of a round, against "
                  "threads), single (one call on one thread) or gil (how much of a call holds it)")
      ->check(CLI::IsMember(std::vector<std::string>{"scaling", "time", "single", "gil"}))
      ->type_name("scaling|time|single|gil");
  report
      .add_option(
          "--venv", options.venv,
          "The virtual environment that has matplotlib and Jinja2; if none is given that of "
          "gilscale's clone, which gets them when they are first needed")
      ->type_name("DIR");
}

}  // namespace gilscale
