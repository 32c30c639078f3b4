#pragma once

#include <string>
#include <vector>

namespace gilscale {

/// An extension module that a free-threaded Python switches its GIL on for.
struct GilModuleTexts {
  std::string name;
  std::string file;
  std::string distribution;  ///< "numpy 2.1.0"; empty if it is of none
};

/// All that are imported and do not say that they can do without the GIL (Py_MOD_GIL_NOT_USED):
/// those that switched it on, and those that would have. Empty on other builds. Attached, to the
/// main interpreter as a rule.
std::vector<GilModuleTexts> modules_that_need_the_gil();

/// Remembers what the sub-interpreter that the calling thread is attached to has imported, and
/// whether that switched its GIL on. Nothing for the main interpreter.
void note_gil_of_sub_interpreter();

/// Whether one that was noted had its GIL on.
bool had_sub_interpreter_with_gil();

/// CPython warns of the first of them only, on standard error; gilscale names all.
void silence_warning_of_gil();

}  // namespace gilscale
