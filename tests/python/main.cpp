#include <gtest/gtest.h>

#include "gilscale/model/executable.hpp"
#include "python_test.hpp"
#include "worker/member_process.hpp"

/// One process, one interpreter: it is started here and this thread stays attached to it, except
/// where a test detaches.
int main(int argc, char** argv) {
  if (gilscale::is_member_command(argc, argv)) gilscale::run_member_process();
  testing::InitGoogleTest(&argc, argv);
  gilscale::set_host(gilscale::host_table(2));
  gilscale::start_python(GILSCALE_TEST_PYTHON);
  pybind11::module_::import("sys").attr("path").attr("insert")(0, GILSCALE_TEST_WORKLOADS);
  return RUN_ALL_TESTS();
}
