#include "gilscale/machine/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "temp_folder.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;

/// hwloc shows the machine that one of its environment variables describes.
class Shown {
 public:
  Shown(const char* variable, const std::string& value) : variable_(variable) {
    setenv(variable, value.c_str(), 1);
  }
  ~Shown() { unsetenv(variable_); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

 private:
  const char* variable_;
};

TEST(Topology, OfThisMachineHasACoreWithACpu) {
  const Topology topology = read_topology();
  ASSERT_FALSE(topology.cores.empty());
  EXPECT_GE(topology.cpus(), 1);
  EXPECT_GE(topology.numa_nodes(), 1);
  EXPECT_EQ(topology.pin_order().size(), static_cast<std::size_t>(topology.cpus()));
}

TEST(Topology, KnowsSiblingsAndMemoryNodes) {
  const Shown shown("HWLOC_SYNTHETIC", "numa:2 core:3 pu:2");
  const Topology topology = read_topology();
  EXPECT_EQ(topology.cores.size(), 6U);
  EXPECT_EQ(topology.cpus(), 12);
  EXPECT_EQ(topology.numa_nodes(), 2);
  EXPECT_EQ(topology.fast_cores(), 6);
  EXPECT_TRUE(topology.has_siblings());
}

TEST(Topology, WithoutSiblingsHasAsManyCpusAsCores) {
  const Shown shown("HWLOC_SYNTHETIC", "core:4 pu:1");
  EXPECT_FALSE(read_topology().has_siblings());
  EXPECT_EQ(read_topology().cpus(), 4);
}

/// A machine with a fast core of two hardware threads and two slow cores, in hwloc's own format.
constexpr const char* hybrid = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x0000000f" complete_cpuset="0x0000000f" allowed_cpuset="0x0000000f" nodeset="0x00000001" complete_nodeset="0x00000001" allowed_nodeset="0x00000001" gp_index="1">
    <object type="NUMANode" os_index="0" cpuset="0x0000000f" complete_cpuset="0x0000000f" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="2" local_memory="1073741824"/>
    <object type="Core" os_index="0" cpuset="0x00000003" complete_cpuset="0x00000003" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="3">
      <object type="PU" os_index="0" cpuset="0x00000001" complete_cpuset="0x00000001" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="4"/>
      <object type="PU" os_index="1" cpuset="0x00000002" complete_cpuset="0x00000002" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="5"/>
    </object>
    <object type="Core" os_index="1" cpuset="0x00000004" complete_cpuset="0x00000004" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="6">
      <object type="PU" os_index="2" cpuset="0x00000004" complete_cpuset="0x00000004" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="7"/>
    </object>
    <object type="Core" os_index="2" cpuset="0x00000008" complete_cpuset="0x00000008" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="8">
      <object type="PU" os_index="3" cpuset="0x00000008" complete_cpuset="0x00000008" nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="9"/>
    </object>
  </object>
  <cpukind cpuset="0x0000000c" forced_efficiency="0"/>
  <cpukind cpuset="0x00000003" forced_efficiency="1"/>
</topology>
)";

TEST(Topology, KnowsFastAndSlowCores) {
  const TempFolder folder;
  folder.write("hybrid.xml", hybrid);
  const Shown shown("HWLOC_XMLFILE", folder.file("hybrid.xml"));
  const Topology topology = read_topology();
  EXPECT_EQ(topology.cores.size(), 3U);
  EXPECT_EQ(topology.fast_cores(), 1);
  EXPECT_EQ(topology.pin_order().front(), 0);
}

TEST(Topology, LeavesOutWhatACpusetForbids) {
  std::string confined = hybrid;
  const std::string all = "allowed_cpuset=\"0x0000000f\"";
  confined.replace(confined.find(all), all.size(), "allowed_cpuset=\"0x0000000a\"");
  const TempFolder folder;
  folder.write("confined.xml", confined);
  const Shown shown("HWLOC_XMLFILE", folder.file("confined.xml"));
  EXPECT_THAT(read_topology().pin_order(), ElementsAre(1, 3))
      << "a fast core's sibling, a slow one";
}

TEST(Topology, OfASystemThatTellsNothingHasACpu) {
  const TempFolder empty;  // neither /sys nor /proc
  const Shown shown("HWLOC_FSROOT", empty.path().string());
  EXPECT_GE(read_topology().cpus(), 1);
}

TEST(PinOrder, FillsCoresBeforeTheirSiblings) {
  EXPECT_THAT((Topology{{{{0, 4}}, {{1, 5}}, {{2, 6}}}}).pin_order(),
              ElementsAre(0, 1, 2, 4, 5, 6));
}

TEST(PinOrder, TakesFastCoresBeforeSlowOnesAndTheirSiblingsLast) {
  EXPECT_THAT((Topology{{{{0}, 0, 0}, {{1}, 0, 0}, {{2, 3}, 0, 1}, {{4, 5}, 0, 1}}}).pin_order(),
              ElementsAre(2, 4, 0, 1, 3, 5));
}

TEST(PinOrder, FillsOneMemoryNodeBeforeTheNext) {
  EXPECT_THAT((Topology{{{{0}, 1}, {{1}, 0}, {{2}, 1}, {{3}, 0}}}).pin_order(),
              ElementsAre(1, 3, 0, 2));
}

}  // namespace
}  // namespace gilscale
