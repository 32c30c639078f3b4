# The Pythons that gilscale is built for. What is known of each is what its interpreter says
# (src/supervise/ask_interpreter.py); nothing has to be installed in it.

function(refuse_python)
  string(CONCAT why ${ARGV})
  message(FATAL_ERROR "${why}\n"
    "On Debian: apt-get install python3-dev. Built from source: configure with --enable-shared. "
    "Another one: -DPython_ROOT_DIR=<folder> or -DPython_EXECUTABLE=<file>. "
    "More than one, by their files: -DGILSCALE_PYTHONS=\"${GILSCALE_PYTHONS}\".")
endfunction()

# Sets <prefix>_executable, _version, _soabi, _suffix, _include, _library, _build and _debug in the caller.
function(ask_python prefix interpreter)
  execute_process(COMMAND "${interpreter}" -I -S "${PROJECT_SOURCE_DIR}/src/supervise/ask_interpreter.py"
    OUTPUT_VARIABLE answer RESULT_VARIABLE failed ERROR_QUIET)
  if(failed)
    refuse_python("'${interpreter}' does not run as a Python interpreter.")
  endif()
  foreach(fact IN ITEMS executable version soabi suffix include library build debug)
    string(JSON ${fact} GET "${answer}" ${fact})
    set(${prefix}_${fact} "${${fact}}" PARENT_SCOPE)
  endforeach()
  set(python "${interpreter} (Python ${version})")
  if(version VERSION_LESS 3.9)
    refuse_python("gilscale needs Python 3.9 or newer, and this is ${python}.")
  elseif(NOT EXISTS "${include}/Python.h")
    refuse_python("gilscale embeds Python, but the headers of ${python} are missing.")
  elseif(NOT library AND NOT GILSCALE_STATIC_PYTHONS)
    refuse_python("gilscale embeds Python, but ${python} has no shared libpython. Its plug-in would do for other "
      "builds of that version, which have one: -DGILSCALE_STATIC_PYTHONS=ON.")
  endif()
endfunction()

# A library that is opened in a process that has libpython already, as extension modules are.
function(add_python_module target python)
  add_library(${target} MODULE ${ARGN})
  target_include_directories(${target} SYSTEM PRIVATE "${${python}_include}")
  target_link_libraries(${target} PRIVATE pybind11::headers gilscale_warnings)
  target_link_options(${target} PRIVATE $<$<PLATFORM_ID:Darwin>:LINKER:-undefined,dynamic_lookup>)
  set_target_properties(${target} PROPERTIES PREFIX "")
endfunction()

# --- the first one: -DPython_EXECUTABLE=.../python or -DPython_ROOT_DIR=... chooses it ---

# A build folder can be turned to another Python: what was remembered of the last one has to go.
set(chosen_executable "${Python_EXECUTABLE}")
set(chosen_python "${Python_EXECUTABLE};${Python_ROOT_DIR}")
if(NOT chosen_python STREQUAL GILSCALE_CHOSEN_PYTHON)
  get_cmake_property(names CACHE_VARIABLES)
  list(FILTER names INCLUDE REGEX "^_Python_")
  foreach(name IN LISTS names)
    unset(${name} CACHE)
  endforeach()
endif()
set(GILSCALE_CHOSEN_PYTHON "${chosen_python}" CACHE INTERNAL "")

if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.30)
  set(Python_FIND_ABI ANY ANY ANY ANY) # free-threaded builds too, which it then leaves out by default
endif()
find_package(Python 3.9 COMPONENTS Interpreter)
set(root "${Python_ROOT_DIR}")
cmake_path(IS_PREFIX root "${Python_EXECUTABLE}" NORMALIZE python_is_in_root)
if(NOT Python_Interpreter_FOUND)
  refuse_python("gilscale needs Python 3.9 or newer.")
elseif(root AND NOT chosen_executable AND NOT python_is_in_root)
  refuse_python("${root} has no Python 3.9 or newer; the next one would be ${Python_EXECUTABLE}.")
endif()

# --- and more of them ---
set(GILSCALE_PYTHONS "" CACHE STRING "More interpreters to measure with; scripts/add_python.sh adds one")

# python_0, python_1, ...: prefixes of what is known of each.
set(pythons)
set(soabis)
set(interpreters "${Python_EXECUTABLE}" ${GILSCALE_PYTHONS})
foreach(interpreter IN LISTS interpreters)
  list(LENGTH pythons index)
  set(python python_${index})
  ask_python(${python} "${interpreter}")
  if(NOT ${python}_soabi IN_LIST soabis)
    list(APPEND pythons ${python})
    list(APPEND soabis "${${python}_soabi}")
  endif()
endforeach()
