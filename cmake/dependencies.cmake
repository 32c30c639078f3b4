# Finds what gilscale is made of. Each library is looked for on the system first; the pinned
# archive is fetched only where that finds nothing new enough.
include(FetchContent)

# --- pybind11 is a Python package too: the project's .venv and the chosen Python may have it ---
set(PYBIND11_NOPYTHON ON) # its headers are enough: which Python is for cmake/python.cmake to say
set(pybind11_hints)
foreach(python IN ITEMS "${PROJECT_SOURCE_DIR}/.venv/bin/python" "${Python_EXECUTABLE}")
  if(EXISTS "${python}")
    execute_process(COMMAND "${python}" -m pybind11 --cmakedir
      OUTPUT_VARIABLE cmake_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    list(APPEND pybind11_hints ${cmake_dir})
  endif()
endforeach()
FetchContent_Declare(pybind11 SYSTEM
  URL https://github.com/pybind/pybind11/archive/refs/tags/v3.0.2.tar.gz
  URL_HASH SHA256=2f20a0af0b921815e0e169ea7fec63909869323581b89d7de1553468553f6a2d
  FIND_PACKAGE_ARGS 3.0.2 CONFIG HINTS ${pybind11_hints})

set(FMT_INSTALL OFF)
FetchContent_Declare(fmt SYSTEM
  URL https://github.com/fmtlib/fmt/archive/refs/tags/11.1.4.tar.gz
  URL_HASH SHA256=ac366b7b4c2e9f0dde63a59b3feb5ee59b67974b14ee5dc9ea8ad78aa2c1ee1e
  FIND_PACKAGE_ARGS 9 CONFIG)

FetchContent_Declare(nlohmann_json SYSTEM
  URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d
  FIND_PACKAGE_ARGS 3.11 CONFIG)

FetchContent_Declare(CLI11 SYSTEM
  URL https://github.com/CLIUtils/CLI11/archive/v2.6.2.tar.gz
  URL_HASH SHA256=c6ea6b2e5608b3ea8617999bd5f47420c71b2ebdb8dc4767c1034d1da5785711
  FIND_PACKAGE_ARGS 2.1 CONFIG)

FetchContent_Declare(tomlplusplus SYSTEM
  URL https://github.com/marzer/tomlplusplus/archive/refs/tags/v3.4.0.tar.gz
  URL_HASH SHA256=8517f65938a4faae9ccf8ebb36631a38c1cadfb5efa85d9a72e15b9e97d25155
  FIND_PACKAGE_ARGS 3.2 CONFIG)

# Only Boost.Math is used, and fetched alone: it needs no other part of Boost. Its own CMake files
# expect the whole of Boost, so the SOURCE_SUBDIR without any keeps them out.
FetchContent_Declare(Boost SYSTEM
  URL https://github.com/boostorg/math/archive/refs/tags/boost-1.83.0.tar.gz
  URL_HASH SHA256=53e5f7539a66899fe0fca3080405cbd5f7959da5394ec13664746741aece1705
  SOURCE_SUBDIR include
  FIND_PACKAGE_ARGS 1.74 CONFIG)

set(BENCHMARK_ENABLE_TESTING OFF)
set(BENCHMARK_ENABLE_INSTALL OFF)
set(BENCHMARK_ENABLE_WERROR OFF)
set(CMAKE_DISABLE_FIND_PACKAGE_Git ON) # it would take the tag of gilscale's repository for its own
FetchContent_Declare(benchmark SYSTEM
  URL https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz
  URL_HASH SHA256=32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981
  FIND_PACKAGE_ARGS 1.7 CONFIG)

# hwloc and elfutils are built with autotools, which FetchContent cannot run: they come from the system.
find_package(PkgConfig)
if(PkgConfig_FOUND)
  pkg_check_modules(hwloc IMPORTED_TARGET hwloc>=2.4)
  pkg_check_modules(libdw IMPORTED_TARGET libdw>=0.183)
endif()
set(missing_libraries)
if(NOT TARGET PkgConfig::hwloc)
  list(APPEND missing_libraries "hwloc 2.4 or newer")
endif()
if(NOT TARGET PkgConfig::libdw)
  list(APPEND missing_libraries "libdw 0.183 or newer (of elfutils)")
endif()
if(missing_libraries)
  list(JOIN missing_libraries " and " missing_libraries)
  message(FATAL_ERROR "gilscale needs ${missing_libraries}, found by pkg-config.\n"
    "On Debian: apt-get install libhwloc-dev libdw-dev pkgconf. "
    "On Fedora: dnf install hwloc-devel elfutils-devel pkgconf.")
endif()

find_package(Threads REQUIRED)
FetchContent_MakeAvailable(pybind11 fmt nlohmann_json CLI11 tomlplusplus Boost benchmark)

if(NOT TARGET Boost::headers)
  add_library(gilscale_boost_math INTERFACE)
  target_include_directories(gilscale_boost_math SYSTEM INTERFACE "${boost_SOURCE_DIR}/include")
  target_compile_definitions(gilscale_boost_math INTERFACE BOOST_MATH_STANDALONE)
  add_library(Boost::headers ALIAS gilscale_boost_math)
endif()

set(GILSCALE_BENCHMARK_VERSION "${benchmark_VERSION}")
if(NOT GILSCALE_BENCHMARK_VERSION)
  get_directory_property(GILSCALE_BENCHMARK_VERSION
    DIRECTORY "${benchmark_SOURCE_DIR}" DEFINITION benchmark_VERSION)
endif()

if(GILSCALE_BUILD_TESTS)
  set(INSTALL_GTEST OFF)
  FetchContent_Declare(googletest SYSTEM
    URL https://github.com/google/googletest/archive/refs/tags/v1.15.2.tar.gz
    URL_HASH SHA256=7b42b4d6ed48810c5362c265a17faebe90dc2373c885e5216439d37927f02926
    FIND_PACKAGE_ARGS 1.12 CONFIG NAMES GTest)
  FetchContent_MakeAvailable(googletest)
endif()
