#include <gtest/gtest.h>

#include "python/interpreter.hpp"

/// One process, one interpreter: it is started here and this thread stays attached to it, but where a
/// test detaches.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const gilscale::Interpreter python;
  return RUN_ALL_TESTS();
}
