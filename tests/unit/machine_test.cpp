#include "gilscale/machine/machine.hpp"

#include <gtest/gtest.h>

#include "temp_folder.hpp"

namespace gilscale {
namespace {

class MachineFiles : public testing::Test {
 protected:
  [[nodiscard]] Machine machine() const {
    return read_machine(root_.path(), {flat_topology(2), std::nullopt});
  }
  void cpu(const std::string& file, const std::string& text) {
    root_.write("sys/devices/system/cpu/" + file, text);
  }

  TempFolder root_;
};

TEST_F(MachineFiles, ThatAreMissingTellNothing) {
  const Machine unknown = machine();
  EXPECT_EQ(unknown.governor, std::nullopt);
  EXPECT_EQ(unknown.turbo, std::nullopt);
  EXPECT_EQ(unknown.load, std::nullopt);
  EXPECT_FALSE(unknown.is_virtual);
  EXPECT_EQ(unknown.throttling.periods, 0);
  EXPECT_EQ(unknown.budget.usable(), 2);
}

TEST_F(MachineFiles, TellTheGovernor) {
  cpu("cpu0/cpufreq/scaling_governor", "powersave\n");
  EXPECT_EQ(machine().governor, "powersave");
}

TEST_F(MachineFiles, TellOfTurboInBothSpellings) {
  cpu("intel_pstate/no_turbo", "1\n");
  EXPECT_EQ(machine().turbo, false);
  cpu("intel_pstate/no_turbo", "0\n");
  EXPECT_EQ(machine().turbo, true);
}

TEST_F(MachineFiles, OfOtherDriversTellOfBoost) {
  cpu("cpufreq/boost", "1\n");
  EXPECT_EQ(machine().turbo, true);
  cpu("cpufreq/boost", "0\n");
  EXPECT_EQ(machine().turbo, false);
}

TEST_F(MachineFiles, TellTheLoad) {
  root_.write("proc/loadavg", "1.75 0.30 0.10 1/89 4384\n");
  EXPECT_EQ(machine().load, 1.75);
}

TEST_F(MachineFiles, TellOfAHypervisor) {
  root_.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n");
  EXPECT_TRUE(machine().is_virtual);
  root_.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme lahf_lm\n");
  EXPECT_FALSE(machine().is_virtual);
}

}  // namespace
}  // namespace gilscale
