#include "gilscale/command_line/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Form = ConfigEntry::Form;

std::vector<ConfigEntry> read(std::string_view text) { return parse_config(text, "gilscale.toml"); }

ConfigEntry only(std::string_view text) {
  const std::vector<ConfigEntry> entries = read(text);
  EXPECT_THAT(entries, SizeIs(1)) << text;
  return entries.empty() ? ConfigEntry{} : entries.front();
}

/// The text of the value of the only key.
std::string value(std::string_view text) {
  const ConfigEntry entry = only(text);
  EXPECT_THAT(entry.values, SizeIs(1)) << text;
  return entry.values.empty() ? "" : entry.values.front().text;
}

std::string refusal(std::string_view text) {
  return usage_error([&] { read(text); });
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// ---- what is read ----

TEST(ConfigFile, MayBeEmpty) {
  EXPECT_THAT(read(""), IsEmpty());
  EXPECT_THAT(read("# nothing yet\n\n"), IsEmpty());
}

TEST(ConfigFile, HasStringsAsTheyAre) {
  EXPECT_EQ(value("args = '(1, 2)'"), "(1, 2)");
  EXPECT_EQ(value(R"(kwargs = "{\"level\": 9}")"), R"({"level": 9})");
  EXPECT_EQ(value("stmt = '''\nx = 1\ny = 2'''"), "x = 1\ny = 2");
  EXPECT_EQ(value("json = 'ä.json'"), "ä.json");
}

TEST(ConfigFile, HasNumbersAsTheCommandLineWouldHaveThem) {
  EXPECT_EQ(value("threads = 2"), "2");
  EXPECT_EQ(value("fib = -3"), "-3");
  EXPECT_EQ(value("calls = 1_000"), "1000");
  EXPECT_EQ(value("calls = 0x10"), "16");
  EXPECT_EQ(value("budget = 0.5"), "0.5");
  EXPECT_EQ(value("budget = 1e3"), "1000.0");
  EXPECT_EQ(value("budget = 0.1"), "0.1") << "the shortest text of the number";
  EXPECT_EQ(value("budget = nan"), "nan");
}

TEST(ConfigFile, HasFlagsAsTrueAndFalse) {
  EXPECT_EQ(only("pin = true"), (ConfigEntry{"pin", 1, Form::flag, {{"true", 1}}}));
  EXPECT_EQ(only("pin = false"), (ConfigEntry{"pin", 1, Form::flag, {{"false", 1}}}));
}

TEST(ConfigFile, HasArraysWithALineForEachValue) {
  EXPECT_EQ(only("\nthreads = [1, 2]"),
            (ConfigEntry{"threads", 2, Form::list, {{"1", 2}, {"2", 2}}}));
  EXPECT_EQ(only("expect = [\n  'a',\n  'b',\n]"),
            (ConfigEntry{"expect", 1, Form::list, {{"a", 2}, {"b", 3}}}));
  EXPECT_EQ(only("workloads = []"), (ConfigEntry{"workloads", 1, Form::list, {}}));
}

TEST(ConfigFile, KeepsTheOrderOfItsLines) {
  std::vector<std::string> keys;
  for (const ConfigEntry& entry : read("threads = 1\nbudget = 2\npin = true\nargs = ''"))
    keys.push_back(entry.key);
  EXPECT_THAT(keys, ElementsAre("threads", "budget", "pin", "args"));
}

TEST(ConfigFile, HasParametersInATable) {
  const std::string text = "[param]\nsize = [1024, 65536]\nmode = [\"'a'\", 2.0, true]\nn = '1,2'";
  EXPECT_THAT(read(text),
              ElementsAre(ConfigEntry{"param", 2, Form::value, {{"size=1024,65536", 2}}},
                          ConfigEntry{"param", 3, Form::value, {{"mode='a',2.0,True", 3}}},
                          ConfigEntry{"param", 4, Form::value, {{"n=1,2", 4}}}));
  EXPECT_EQ(value("param.size = 3"), "size=3");
  EXPECT_EQ(value("param = { size = [3] }"), "size=3");
}

TEST(ConfigFile, HasParametersAsTheCommandLineWritesThem) {
  EXPECT_EQ(only("param = ['size=1,2']"), (ConfigEntry{"param", 1, Form::list, {{"size=1,2", 1}}}));
}

TEST(ConfigFile, TakesDotsInTextForNoPartsOfKeys) {
  const std::string dots = repeated(".a", 100);
  for (const std::string& text :
       {"args = '" + dots + "'", "args = \"\\\"" + dots + "\"", "args = ''''" + dots + "'''''",
        "args = \"\"\"\\\"\"\"" + dots + "\"\"\"\"", "args = 1 #" + dots})
    EXPECT_NO_THROW(read(text)) << text;
  EXPECT_THAT(only("args = [" + repeated("0.5, ", 100) + "]").values, SizeIs(100));
}

// ---- what is refused ----

TEST(ConfigFile, RefusesWhatIsNoTomlWithItsLine) {
  EXPECT_THAT(refusal("pin = true\nthreads =\n"),
              AllOf(StartsWith("gilscale.toml:2: "), HasSubstr("expected value"),
                    HasSubstr("; see https://toml.io")));
  EXPECT_THAT(refusal("threads: 2"), StartsWith("gilscale.toml:1: "));
  EXPECT_THAT(refusal("args = 'a\n"), StartsWith("gilscale.toml:1: "));
  EXPECT_THAT(refusal("calls = 99999999999999999999"), StartsWith("gilscale.toml:1: "));
}

TEST(ConfigFile, RefusesAKeyThatComesTwice) {
  EXPECT_THAT(refusal("pin = true\n\npin = false"),
              AllOf(StartsWith("gilscale.toml:3: "), HasSubstr("'pin'")));
}

TEST(ConfigFile, RefusesWhatNoOptionCouldTake) {
  EXPECT_EQ(refusal("\nbudget = 1979-05-27"),
            "gilscale.toml:2: 'budget' takes a string, a number, true or false, or an array of "
            "strings and numbers, not a date or a time; the only table is [param]");
  EXPECT_THAT(refusal("[tool.gilscale]\npin = true"),
              AllOf(StartsWith("gilscale.toml:1: 'tool' takes"), HasSubstr("not a table")));
  EXPECT_THAT(refusal("threads = [[1]]"), HasSubstr("not an array"));
  EXPECT_THAT(refusal("threads = [\n1,\ntrue]"),
              AllOf(StartsWith("gilscale.toml:3: "), HasSubstr("not a boolean")));
  EXPECT_THAT(refusal("[[param]]\nsize = 1"), HasSubstr("not a table"));
  EXPECT_THAT(refusal("[param]\nsize = [[1]]"), HasSubstr("'size' takes"));
}

TEST(ConfigFile, ShowsControlCharactersSpelledOut) {
  EXPECT_THAT(refusal("\"a\\u001b[31m\\n\" = [[1]]"), HasSubstr("'a\\x1b[31m\\x0a' takes"));
  EXPECT_THAT(refusal("\"\\u009b\" = [[1]]"), HasSubstr("'\\x9b' takes"));
  EXPECT_THAT(refusal("\"a\\u0007\" = 1\n\"a\\u0007\" = 2"), Not(HasSubstr("\a")));
  EXPECT_THAT(usage_error([] { parse_config("=", "a\nb"); }), StartsWith("a\\x0ab:1: "));
}

TEST(ConfigFile, ShowsOfALongKeyItsBeginning) {
  const std::string key = repeated("ä", 500);
  EXPECT_THAT(refusal("'" + key + "' = [[1]]"),
              HasSubstr("'" + key.substr(0, 60) + "...' takes a string"));
  EXPECT_EQ(shown_key("a" + key), "a" + key.substr(0, 58) + "...") << "no half characters";
}

TEST(ConfigFile, RefusesNullCharacters) {
  using namespace std::string_view_literals;
  EXPECT_THAT(refusal("json = 'a\0b'"sv), StartsWith("gilscale.toml:1: "));
  EXPECT_THAT(refusal("\0\0\0\0"sv), StartsWith("gilscale.toml:1: "));
  EXPECT_EQ(refusal("json = \"a\\u0000b\""),
            "gilscale.toml:1: 'json' contains a null character; remove it");
}

TEST(ConfigFile, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(refusal("json = '\xff\xfe'"), HasSubstr("utf-8"));
  EXPECT_THAT(refusal("\x7f"
                      "ELF\x02\x01\x01"),
              StartsWith("gilscale.toml:1: "));
}

TEST(ConfigFile, SurvivesDeepNesting) {
  EXPECT_THAT(refusal("threads = " + repeated("[", 10000)), HasSubstr("depth"));
  EXPECT_THAT(refusal("threads = " + repeated("{a = ", 10000)), HasSubstr("depth"));
  const std::string key = repeated("a.", 200000) + "a";
  for (const std::string& text : {"[" + key + "]", key + " = 1", "x = {" + key + " = 1}",
                                  "['='.'='." + key + "]", "'''a'''' = 1\n" + key + "= 1"})
    EXPECT_THAT(refusal(text), StartsWith("gilscale.toml:")) << text.substr(0, 10);
  EXPECT_EQ(refusal("\n" + key + " = 1"),
            "gilscale.toml:2: a key has too many parts; the only table is [param]");
}

TEST(ConfigFile, RefusesALargeText) {
  EXPECT_EQ(refusal(std::string(2 << 20, '\n')),
            "gilscale.toml has more than 1048576 bytes; is it a configuration file?");
  EXPECT_THAT(read(std::string(largest_config, '\n')), IsEmpty());
}

// ---- files ----

TEST(ConfigText, IsThatOfTheFileOrNone) {
  const TempFolder folder;
  const std::string path = folder.write("gilscale.toml", "pin = true\n");
  EXPECT_EQ(read_config_text(path), "pin = true\n");
  EXPECT_EQ(read_config_text(folder.file("missing.toml")), std::nullopt);
  EXPECT_EQ(read_config_text(path + "/below-a-file"), std::nullopt);
}

TEST(ConfigText, IsNotThatOfAFolder) {
  const TempFolder folder;
  EXPECT_EQ(usage_error([&] { read_config_text(folder.path().string()); }),
            folder.path().string() +
                " is a folder, not a configuration file; name another file "
                "with --config, or use --no-config");
}

TEST(ConfigText, IsReadOnlyAsFarAsItIsNeeded) {
  const auto text = read_config_text("/dev/zero");
  ASSERT_TRUE(text.has_value());
  EXPECT_THAT(usage_error([&] { parse_config(*text, "/dev/zero"); }),
              StartsWith("/dev/zero has more than"));
}

TEST(ConfigFile, ThatBreaksAnAssertionOfTheReaderIsRefused) {
  const std::string text = "[{d = [[1],07:32:00 {e = 0\\u0000x1Fb]}.\n";
  EXPECT_THROW((void)parse_config(text, "gilscale.toml"), UsageError);
  EXPECT_THROW((void)parse_config("[{d = 1", "gilscale.toml"), UsageError);
}

}  // namespace
}  // namespace gilscale
