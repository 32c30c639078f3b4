#include <gtest/gtest.h>

#include "python/interpreter.hpp"

/// One process, one interpreter: it is started here and this thread stays attached to it, except
/// where a test detaches.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const gilscale::Interpreter python;
  pybind11::module_::import("sys").attr("path").attr("insert")(0, GILSCALE_TEST_WORKLOADS);
  return RUN_ALL_TESTS();
}
