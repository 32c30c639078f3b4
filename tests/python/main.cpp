#include <gtest/gtest.h>

#include <string_view>

#include "python/member_process.hpp"
#include "python_test.hpp"

namespace gilscale {

const Interpreter& interpreter() {
  static const Interpreter only;
  return only;
}

}  // namespace gilscale

/// As the executor `processes` starts it.
bool is_member_process(int argc, char** argv) {
  return argc == 3 && argv[1] == std::string_view("worker") &&
         argv[2] == std::string_view("--member");
}

/// One process, one interpreter: it is started here and this thread stays attached to it, except
/// where a test detaches.
int main(int argc, char** argv) {
  if (is_member_process(argc, argv)) gilscale::run_member_process();
  testing::InitGoogleTest(&argc, argv);
  gilscale::interpreter();
  pybind11::module_::import("sys").attr("path").attr("insert")(0, GILSCALE_TEST_WORKLOADS);
  return RUN_ALL_TESTS();
}
