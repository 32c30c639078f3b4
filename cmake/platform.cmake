# gilscale runs on Linux with glibc: it stands in for glibc's waiting functions and reads Linux's accounts of
# threads. Anything else is refused before a build that could only break.

function(refuse_platform name remedy)
  message(FATAL_ERROR "gilscale needs Linux with glibc, and this is ${name}.\n${remedy}")
endfunction()

set(in_container "in a container of Debian, for example: docker run -it --rm -v \"$PWD:/work\" -w /work debian:trixie")

# As soon as the system is known: a compiler may be missing, too.
function(check_system)
  if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
    refuse_platform(macOS "Build and run it ${in_container}")
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
    refuse_platform(Windows "Build and run it in WSL 2 (wsl --install -d Debian), or ${in_container}")
  elseif(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    refuse_platform("${CMAKE_SYSTEM_NAME}" "Build and run it on Linux, or ${in_container}")
  endif()
endfunction()

function(check_compiler)
  if(CMAKE_CXX_COMPILER OR CMAKE_TOOLCHAIN_FILE)
    return()
  endif()
  set(names c++ g++ clang++)
  if(NOT "$ENV{CXX}" STREQUAL "") # which may have options; pip sets it as Python was built
    separate_arguments(names UNIX_COMMAND "$ENV{CXX}")
    list(GET names 0 names)
  endif()
  find_program(compiler NAMES ${names} NO_CACHE)
  if(NOT compiler)
    list(JOIN names ", " names)
    message(FATAL_ERROR "gilscale needs a C++20 compiler, g++ 12 or clang 15 or newer, and finds no ${names}.\n"
      "On Debian: apt-get install g++. Another one: CXX=<file>.")
  endif()
endfunction()

# With the compiler: musl has the same headers under the same names.
function(check_libc)
  include(CheckCXXSymbolExists)
  check_cxx_symbol_exists(__GLIBC__ features.h GILSCALE_HAS_GLIBC)
  if(NOT GILSCALE_HAS_GLIBC)
    refuse_platform("a Linux with another C library, such as Alpine's musl" "Build and run it ${in_container}")
  endif()
endfunction()
