# What a system has besides gilscale itself: completions, the manual page, the documents. And `cpack -G DEB`.

# The executable knows its own options. Made in the build folder where `cmake --install` puts them.
set(made_by_gilscale)
function(add_printed file)
  cmake_path(GET file PARENT_PATH folder)
  set(output "${PROJECT_BINARY_DIR}/share/${file}")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/share/${folder}"
    COMMAND gilscale ${ARGN} > "${output}"
    DEPENDS gilscale VERBATIM)
  install(FILES "${output}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}" COMPONENT system)
  set(made_by_gilscale ${made_by_gilscale} "${output}" PARENT_SCOPE)
endfunction()
add_printed(bash-completion/completions/gilscale completions bash)
add_printed(zsh/site-functions/_gilscale completions zsh)
add_printed(fish/vendor_completions.d/gilscale.fish completions fish)
add_printed(man/man1/gilscale.1 man)
add_custom_target(gilscale_printed ALL DEPENDS ${made_by_gilscale})

# `man` looks beside the folders on PATH: in an environment, where a wheel's data goes.
if(SKBUILD)
  install(FILES "${PROJECT_BINARY_DIR}/share/man/man1/gilscale.1" DESTINATION "${SKBUILD_DATA_DIR}/share/man/man1")
endif()

install(FILES README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT system)
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT system
  FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")

# Debian's packages that the files belong to; none for files that came in another way.
function(find_debian_packages result)
  set(packages)
  foreach(file IN LISTS ARGN)
    execute_process(COMMAND dpkg-query --search "${file}"
      OUTPUT_VARIABLE found ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed AND found MATCHES "^([^:, ]+)")
      list(APPEND packages "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${result} ${packages} PARENT_SCOPE)
endfunction()

# The license of a library that is compiled into gilscale, in share/gilscale/licenses: that of its sources where they
# were fetched, of the Python package where it is one, else of the Debian package that the header belongs to. (Boost's
# does not ask for that in object code.)
function(install_license library include header)
  string(TOLOWER "${library}" fetched)
  file(GLOB texts "${include}/../../${library}-*.dist-info/licenses/LICENSE")
  if(${fetched}_SOURCE_DIR)
    file(GLOB texts "${${fetched}_SOURCE_DIR}/LICEN[CS]E*")
  elseif(NOT texts)
    file(REAL_PATH "${include}/${header}" header)
    find_debian_packages(package "${header}")
    file(GLOB texts "/usr/share/doc/${package}/copyright")
  endif()
  if(NOT texts)
    message(STATUS "${library} has no license here: a wheel or a package of it is to be made where it has")
    return()
  endif()
  list(GET texts 0 text)
  file(REAL_PATH "${text}" text)
  install(FILES "${text}" DESTINATION "${CMAKE_INSTALL_DATADIR}/gilscale/licenses" RENAME ${library}.txt)
endfunction()

function(install_licenses)
  set(headers
    pybind11 pybind11/pybind11.h fmt fmt/format.h nlohmann_json nlohmann/json.hpp CLI11 CLI/CLI.hpp
    tomlplusplus toml++/toml.h benchmark benchmark/benchmark.h)
  while(headers)
    list(POP_FRONT headers library header)
    find_path(include_of_${library} "${header}" HINTS "${pybind11_INCLUDE_DIR}" NO_CACHE)
    install_license(${library} "${include_of_${library}}" "${header}")
  endwhile()
endfunction()
install_licenses()

# The Python that is measured unless another one is named has to be there, with the version of its plug-in.
function(find_debian_python_dependencies)
  set(depends)
  set(recommends)
  foreach(python IN LISTS pythons)
    set(executable "${${python}_executable}")
    set(packages)
    if(executable STREQUAL "/usr/bin/python3")
      string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" version "${${python}_version}")
      math(EXPR next "${CMAKE_MATCH_2} + 1")
      set(packages "python3 (>= ${version})" "python3 (<< ${CMAKE_MATCH_1}.${next})")
    else()
      find_debian_packages(packages "${executable}")
    endif()
    find_debian_packages(library "${${python}_library}")
    if(python STREQUAL python_0)
      list(APPEND depends ${packages} ${library})
    else()
      list(APPEND recommends ${packages} ${library})
    endif()
  endforeach()
  list(JOIN depends ", " depends)
  list(JOIN recommends ", " recommends)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}" PARENT_SCOPE)
  set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "${recommends}" PARENT_SCOPE)
endfunction()

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "The gilscale developers <gilscale@example.org>")
if(DEFINED ENV{DEBEMAIL}) # as Debian's own tools have it
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT) # gilscale_<version>_<architecture>.deb
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
find_debian_python_dependencies()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-matplotlib, python3-jinja2") # for gilscale report
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"gilscale runs a Python callable on several threads, alongside a control that
shows what the machine could deliver at that moment, and reports the speedup
with its interval, a verdict, and what the threads waited for: the GIL, a lock,
the CPUs. Exit codes make it a check in CI.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/cmake/debian/postinst"
  "${PROJECT_SOURCE_DIR}/cmake/debian/prerm"
  "${PROJECT_SOURCE_DIR}/cmake/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/debian/arrange.cmake")
set(CPACK_GILSCALE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
include(CPack)
