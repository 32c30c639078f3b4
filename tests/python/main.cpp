#include <gtest/gtest.h>

#include "gilscale/model/executable.hpp"
#include "python/member_process.hpp"
#include "python_test.hpp"

namespace gilscale {

const Interpreter& interpreter() {
  static const Interpreter only;
  return only;
}

}  // namespace gilscale

/// One process, one interpreter: it is started here and this thread stays attached to it, except
/// where a test detaches.
int main(int argc, char** argv) {
  if (gilscale::is_member_command(argc, argv)) gilscale::run_member_process();
  testing::InitGoogleTest(&argc, argv);
  gilscale::interpreter();
  pybind11::module_::import("sys").attr("path").attr("insert")(0, GILSCALE_TEST_WORKLOADS);
  return RUN_ALL_TESTS();
}
