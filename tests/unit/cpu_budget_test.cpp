#include "gilscale/machine/cpu_budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_folder.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;

// ---- what is usable ----

TEST(CpuBudget, WithoutAQuotaIsTheAffinityMask) {
  EXPECT_EQ((CpuBudget{flat_topology(8), std::nullopt}).usable(), 8);
}

TEST(CpuBudget, OfAPartOfACpuLetsOneMoreThreadRun) {
  EXPECT_EQ((CpuBudget{flat_topology(8), CpuQuota{1.5}}).usable(), 2);
  EXPECT_EQ((CpuBudget{flat_topology(8), CpuQuota{2.0}}).usable(), 2);
  EXPECT_EQ((CpuBudget{flat_topology(8), CpuQuota{2.01}}).usable(), 3);
}

TEST(CpuBudget, IsNeverMoreThanTheAffinityMask) {
  EXPECT_EQ((CpuBudget{flat_topology(2), CpuQuota{6.0}}).usable(), 2);
}

TEST(CpuBudget, IsNeverLessThanOne) {
  EXPECT_EQ((CpuBudget{flat_topology(4), CpuQuota{0.05}}).usable(), 1);
}

TEST(CpuBudget, OfThisProcessIsAtLeastOne) {
  EXPECT_GE(cpu_budget().topology.cpus(), 1);
  EXPECT_GE(cpu_budget().usable(), 1);
}

// ---- how many threads ----

Topology siblings(int cores) {
  Topology topology;
  for (int core = 0; core < cores; ++core) topology.cores.push_back({{core, core + cores}});
  return topology;
}

TEST(ThreadCounts, DoubleUpToTheUsableCpusAndEndWithThem) {
  EXPECT_THAT((CpuBudget{flat_topology(1), {}}).thread_counts(), ElementsAre(1));
  EXPECT_THAT((CpuBudget{flat_topology(2), {}}).thread_counts(), ElementsAre(1, 2));
  EXPECT_THAT((CpuBudget{flat_topology(3), {}}).thread_counts(), ElementsAre(1, 2, 3));
  EXPECT_THAT((CpuBudget{flat_topology(8), {}}).thread_counts(), ElementsAre(1, 2, 4, 8));
}

TEST(ThreadCounts, StopAtTheNumberOfCoresOnTheWayToTheirSiblings) {
  EXPECT_THAT((CpuBudget{siblings(6), {}}).thread_counts(), ElementsAre(1, 2, 4, 6, 8, 12));
}

TEST(ThreadCounts, StopAtTheNumberOfFastCores) {
  Topology topology = flat_topology(8);
  for (std::size_t i = 0; i < 3; ++i) topology.cores[i].efficiency = 1;
  EXPECT_THAT((CpuBudget{topology, {}}).thread_counts(), ElementsAre(1, 2, 3, 4, 8));
}

TEST(ThreadCounts, EndWithTheQuota) {
  EXPECT_THAT((CpuBudget{flat_topology(8), CpuQuota{1.5}}).thread_counts(), ElementsAre(1, 2));
  EXPECT_THAT((CpuBudget{siblings(6), CpuQuota{5}}).thread_counts(), ElementsAre(1, 2, 4, 5));
}

TEST(CpuBudget, PlacesThreadsOnCoresOfTheirOwnFirst) {
  const Placement placement = CpuBudget{siblings(2), {}}.placement(false);
  EXPECT_EQ(placement.cpus, 4);
  EXPECT_THAT(placement.places, ElementsAre(0, 1, 2, 3));
  EXPECT_FALSE(placement.pinned);
  EXPECT_TRUE((CpuBudget{siblings(2), {}}).placement(true).pinned);
}

TEST(CpuBudget, TellsThePeriodOfAQuotaThatCanRunOut) {
  EXPECT_EQ((CpuBudget{flat_topology(4), CpuQuota{1.5, 0.05}}).quota_period_s(), 0.05);
  EXPECT_EQ((CpuBudget{flat_topology(4), CpuQuota{4, 0.05}}).quota_period_s(), std::nullopt);
  EXPECT_EQ((CpuBudget{flat_topology(4), {}}).quota_period_s(), std::nullopt);
}

// ---- control groups ----

class Cgroups : public testing::Test {
 protected:
  std::optional<double> quota() const {
    const auto quota = cgroup_cpu_quota(root_.path());
    return quota ? std::optional(quota->cpus) : std::nullopt;
  }
  std::optional<double> period_s() const {
    const auto quota = cgroup_cpu_quota(root_.path());
    return quota ? std::optional(quota->period_s) : std::nullopt;
  }
  void in_groups(const std::string& lines) { root_.write("proc/self/cgroup", lines); }
  void v2(const std::string& group, const std::string& max) {
    root_.write("sys/fs/cgroup/" + group + "/cpu.max", max);
  }
  void v1(const std::string& group, const std::string& quota, const std::string& period) {
    root_.write("sys/fs/cgroup/" + group + "/cpu.cfs_quota_us", quota);
    root_.write("sys/fs/cgroup/" + group + "/cpu.cfs_period_us", period);
  }

  TempFolder root_;
};

TEST_F(Cgroups, ThatAreNotThereLimitNothing) { EXPECT_EQ(quota(), std::nullopt); }

TEST_F(Cgroups, OfVersion2SetAQuotaOfRunTimePerPeriod) {
  in_groups("0::/user.slice/app\n");
  v2("user.slice/app", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
  EXPECT_DOUBLE_EQ(period_s().value_or(0), 0.1);
}

TEST_F(Cgroups, OfVersion2ThatSayMaxLimitNothing) {
  in_groups("0::/app\n");
  v2("app", "max 100000\n");
  EXPECT_EQ(quota(), std::nullopt);
}

TEST_F(Cgroups, OfVersion2AreLimitedByTheirAncestors) {
  in_groups("0::/pod/container/app\n");
  v2("pod", "50000 100000\n");
  v2("pod/container", "400000 100000\n");
  v2("pod/container/app", "max 100000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(Cgroups, OfVersion2InAContainerLimitAtTheMountPointItself) {
  in_groups("0::/\n");
  v2(".", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(Cgroups, OfVersion1SetAQuotaInTwoFiles) {
  in_groups("7:memory:/app\n4:cpu,cpuacct:/app\n1:name=systemd:/\n");
  v1("cpu,cpuacct/app", "250000\n", "100000\n");
  EXPECT_EQ(quota(), 2.5);
}

TEST_F(Cgroups, OfVersion1AreFoundUnderTheControllersOwnName) {
  in_groups("4:cpu,cpuacct:/app\n");
  v1("cpu/app", "100000\n", "50000\n");
  EXPECT_EQ(quota(), 2);
  EXPECT_DOUBLE_EQ(period_s().value_or(0), 0.05);
}

TEST_F(Cgroups, OfVersion1WithAQuotaOfMinusOneLimitNothing) {
  in_groups("4:cpu:/app\n");
  v1("cpu/app", "-1\n", "100000\n");
  EXPECT_EQ(quota(), std::nullopt);
}

TEST_F(Cgroups, OfVersion1AreLimitedByTheirAncestors) {
  in_groups("4:cpu:/pod/app\n");
  v1("cpu/pod", "300000\n", "100000\n");
  v1("cpu/pod/app", "-1\n", "100000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(Cgroups, OfVersion1InAContainerLimitAtTheMountPointItself) {
  // The container sees its own group at the mount point, and its path as the host names it.
  in_groups("4:cpu,cpuacct:/docker/0123456789ab\n");
  v1("cpu,cpuacct", "50000\n", "100000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(Cgroups, OfBothVersionsLimitByTheSmallerQuota) {
  in_groups("4:cpu:/app\n0::/app\n");
  v1("cpu/app", "300000\n", "100000\n");
  v2("app", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(Cgroups, OfOtherControllersAreNotAskedForCpus) {
  in_groups("3:cpuset:/app\n4:cpuacct:/app\n5:memory:/app\n");
  v1("cpu/app", "100000\n", "100000\n");
  v1("cpuset/app", "100000\n", "100000\n");
  EXPECT_EQ(quota(), std::nullopt);
}

TEST_F(Cgroups, WithColonsInTheirNamesAreFound) {
  in_groups("0::/a:b/c\n");
  v2("a:b/c", "100000 100000\n");
  EXPECT_EQ(quota(), 1);
}

TEST_F(Cgroups, WhoseFilesAreMissingLimitNothing) {
  in_groups("4:cpu:/app\n0::/app\n");
  EXPECT_EQ(quota(), std::nullopt);
  root_.write("sys/fs/cgroup/cpu/app/cpu.cfs_quota_us", "100000\n");  // but no period
  EXPECT_EQ(quota(), std::nullopt);
}

TEST_F(Cgroups, WhoseFilesAreGarbageLimitNothing) {
  in_groups("garbage\n:\n\n0:\n0::/app\n4:cpu:/app\n");
  for (const char* garbage :
       {"", "\n", "many 100000", "100000", "100000 0", "100000 -5", "\x80\xff"}) {
    v2("app", garbage);
    EXPECT_EQ(quota(), std::nullopt) << garbage;
  }
  v1("cpu/app", "much", "100000");
  EXPECT_EQ(quota(), std::nullopt);
  v1("cpu/app", "100000", "0");
  EXPECT_EQ(quota(), std::nullopt);
}

TEST_F(Cgroups, OfVersion2WithARunTimeThatIsNotAboveNothingLimitNothing) {
  in_groups("0::/app\n");
  for (const char* nothing : {"0 100000", "-1 100000"}) {
    v2("app", nothing);
    EXPECT_EQ(quota(), std::nullopt) << nothing;
  }
}

// ---- throttling ----

TEST_F(Cgroups, TellHowOftenTheyRanOutOfQuota) {
  in_groups("0::/pod/app\n");
  root_.write("sys/fs/cgroup/pod/cpu.stat",
              "usage_usec 5000\nnr_periods 200\nnr_throttled 30\nthrottled_usec 9\n");
  root_.write("sys/fs/cgroup/pod/app/cpu.stat", "nr_periods 100\nnr_throttled 0\n");
  const Throttling throttling = cgroup_throttling(root_.path());
  EXPECT_EQ(throttling.periods, 200);
  EXPECT_EQ(throttling.throttled, 30);
}

TEST_F(Cgroups, WithoutStatisticsWereNeverThrottled) {
  in_groups("0::/app\n");
  EXPECT_EQ(cgroup_throttling(root_.path()).throttled, 0);
  EXPECT_EQ(cgroup_throttling("/nowhere").periods, 0);
}

}  // namespace
}  // namespace gilscale
