#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace gilscale {

/// An option, or an argument, as its help tells of it.
struct OptionHelp {
  enum class Form { word, list, phrase };  ///< a list has commas; a phrase is one word of each part
  enum class Paths { none, files, folders };

  std::vector<std::string> names;  ///< "-x", "--executor"; an argument has one, without dashes
  std::string value;               ///< what stands for the value: "LIST"; empty: takes none
  std::string about;
  std::string standard;  ///< the value if it is not given; may be empty
  std::string group;     ///< empty: no particular one
  bool required = false;
  bool repeats = false;
  Form form = Form::word;
  std::vector<std::string> words;  ///< that the value may be or begin with, where these are known
  std::vector<std::string> second_words;  ///< of a phrase
  Paths paths = Paths::none;
  std::string ending;  ///< of its files, ".json"; empty: any
};

struct CommandHelp {
  std::string name;
  std::string about;
  std::vector<OptionHelp> arguments;
  std::vector<OptionHelp> options;
};

/// All that the help of gilscale tells, as data: completions and the manual page are made of it.
struct ProgramHelp {
  std::string about;
  std::vector<OptionHelp> options;
  std::vector<CommandHelp> commands;
};

/// What is hidden from the help is left out.
ProgramHelp help_of(const CLI::App& app);

/// The names in one text: "-x|--executor".
std::string joined_names(const OptionHelp& option, const char* between);

/// The first sentence of a text, without its end.
std::string first_sentence(const std::string& text);

}  // namespace gilscale
