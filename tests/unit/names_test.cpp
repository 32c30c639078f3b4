#include "gilscale/ledger/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace gilscale {
namespace {

TEST(NamesOfLocks, AreToldFromThoseOfTheirUsers) {
  EXPECT_TRUE(is_a_locks_own("std::mutex::lock"));
  EXPECT_TRUE(is_a_locks_own("_PyParkingLot_Park"));
  EXPECT_FALSE(is_a_locks_own("Encoder::flush"));
  EXPECT_FALSE(is_a_locks_own("PyDict_SetItem"));
  EXPECT_FALSE(is_a_locks_own(""));
}

/// A return address into this function.
[[gnu::noinline]] const void* address_in_here() { return __builtin_return_address(0); }
[[gnu::noinline]] const void* named_function() {
  const void* const address = address_in_here();
  asm volatile("" ::"r"(address));
  return address;
}

WaitSite waits_at(const void* address) {
  WaitSite site;
  site.frames = {reinterpret_cast<std::uintptr_t>(address)};
  return site;
}

TEST(Names, AreThoseOfTheSymbolTable) {
  const Names names;
  EXPECT_THAT(names.site(waits_at(named_function())),
              testing::AllOf(testing::HasSubstr("!"), testing::HasSubstr("named_function")));
}

TEST(Names, AreAddressesWhereNothingIsKnown) {
  const Names names;
  const auto no_code = std::make_unique<int>();
  EXPECT_THAT(names.site(waits_at(no_code.get())), testing::HasSubstr("+0x"));
  EXPECT_EQ(names.site({}), "");
}

}  // namespace
}  // namespace gilscale
