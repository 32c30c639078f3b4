#include "gilscale/model/plugins.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/text/version.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class Plugins : public testing::Test {
 protected:
  void describe(const std::string& soabi, bool is_default, std::string_view of = version) const {
    folder_.write(fmt::format("worker-{}.json", soabi),
                  fmt::format(R"({{"soabi": "{}", "gilscale": "{}", "version": "3.13.1",
                                  "build": "default", "debug": false,
                                  "executable": "/bin/{}", "default": {}}})",
                              soabi, of, soabi, is_default));
  }
  [[nodiscard]] std::vector<Plugin> plugins() const { return plugins_in(folder_.path()); }
  [[nodiscard]] std::vector<std::string> soabis() const {
    std::vector<std::string> all;
    for (const Plugin& plugin : plugins()) all.push_back(plugin.soabi);
    return all;
  }

  TempFolder folder_;
};

TEST_F(Plugins, AreListedTheDefaultFirstThenByName) {
  describe("cpython-312", false);
  describe("cpython-313t", true);
  describe("cpython-310", false);
  EXPECT_THAT(soabis(), testing::ElementsAre("cpython-313t", "cpython-310", "cpython-312"));
}

TEST_F(Plugins, AreWhatTheirFilesSay) {
  describe("cpython-313t", true);
  const Plugin plugin = default_plugin(plugins());
  EXPECT_EQ(plugin.file, folder_.path() / "worker-cpython-313t.so");
  EXPECT_EQ(plugin.version, version);
  EXPECT_EQ(plugin.python.version, "3.13.1");
  EXPECT_EQ(plugin.python.executable, "/bin/cpython-313t");
}

TEST_F(Plugins, ThatCannotBeReadAreNone) {
  folder_.write("worker-broken.json", "{");
  folder_.write("worker-empty.json", "");
  folder_.write("worker-other.json", R"({"soabi": 3})");
  folder_.write("notes.json", "{}");
  EXPECT_THAT(soabis(), SizeIs(0));
  EXPECT_THAT(plugins_in(folder_.file("none")), SizeIs(0));
}

TEST_F(Plugins, OfWhichThereIsNoneAreAskedFor) {
  EXPECT_THAT(usage_error([&] { default_plugin(plugins()); }),
              AllOf(HasSubstr(lib_folder().string()), HasSubstr("scripts/add_python.sh PYTHON")));
  EXPECT_THAT(usage_error([&] { plugin_for("cpython-312", "/opt/python", plugins()); }),
              AllOf(HasSubstr("nor for any other Python"), HasSubstr("add_python.sh /opt/python")));
}

TEST_F(Plugins, AreFoundByTheAbi) {
  describe("cpython-312", true);
  describe("cpython-313", false);
  EXPECT_EQ(plugin_for("cpython-313", "python", plugins()).soabi, "cpython-313");
}

TEST_F(Plugins, OfAnotherPythonAreNamedWhereOneIsMissing) {
  describe("cpython-312", true);
  describe("cpython-313", false);
  EXPECT_THAT(usage_error([&] { plugin_for("cpython-313t", "/opt/python", plugins()); }),
              AllOf(HasSubstr("/opt/python (cpython-313t)"),
                    HasSubstr("only for cpython-312, cpython-313;"),
                    // With its path where gilscale lies in its sources.
                    HasSubstr("scripts/add_python.sh /opt/python")));
}

TEST_F(Plugins, OfAnotherGilscaleAreRefused) {
  describe("cpython-312", true, "0.0.9");
  EXPECT_THAT(usage_error([&] { plugin_for("cpython-312", "/opt/python", plugins()); }),
              AllOf(HasSubstr("belongs to gilscale 0.0.9"), HasSubstr(std::string(version)),
                    HasSubstr("add_python.sh /opt/python")));
}

TEST_F(Plugins, AreReadAsTheyAreDescribed) {
  folder_.write(
      "worker-cpython-313t.json",
      plugin_description("cpython-313t", {"3.13.1", "free-threaded", "/a \"b\"", true}, false));
  ASSERT_THAT(soabis(), testing::ElementsAre("cpython-313t"));
  const Plugin plugin = plugins().front();
  EXPECT_EQ(plugin.version, version);
  EXPECT_EQ(plugin.python.version, "3.13.1");
  EXPECT_EQ(plugin.python.build, "free-threaded");
  EXPECT_EQ(plugin.python.executable, "/a \"b\"");
  EXPECT_TRUE(plugin.python.debug);
}

TEST_F(Plugins, AreTheDefaultOneIfTheirDescriptionSaysSo) {
  folder_.write("worker-a.json", plugin_description("a", {"3.12.1", "default", "/a"}, false));
  folder_.write("worker-b.json", plugin_description("b", {"3.13.1", "default", "/b"}, true));
  EXPECT_THAT(soabis(), testing::ElementsAre("b", "a"));
  EXPECT_FALSE(describes_default_plugin(folder_.file("worker-a.json")));
  EXPECT_TRUE(describes_default_plugin(folder_.file("worker-b.json")));
  EXPECT_FALSE(describes_default_plugin(folder_.file("worker-c.json")));
}

TEST(WorkloadsBeside, AreThoseOfTheSamePrefix) {
  EXPECT_EQ(workloads_beside("/opt/lib/gilscale/worker-a.so"), "/opt/share/gilscale/workloads");
}

}  // namespace
}  // namespace gilscale
