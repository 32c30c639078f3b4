# Run by CPack on what it has installed for a package, before it packs it: what Debian's policy wants otherwise.
set(usr "${CPACK_TEMPORARY_DIRECTORY}/usr")
set(doc "${usr}/share/doc/gilscale")

function(compress file)
  execute_process(COMMAND gzip -9n "${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# What is compiled does not belong in /usr/share.
file(RENAME "${usr}/share/gilscale/workloads" "${usr}/lib/gilscale/workloads")
file(CREATE_LINK ../../lib/gilscale/workloads "${usr}/share/gilscale/workloads" SYMBOLIC)

# Debian's zsh looks for site-functions in /usr/local only.
file(RENAME "${usr}/share/zsh/site-functions" "${usr}/share/zsh/vendor-completions")

compress("${usr}/share/man/man1/gilscale.1")
compress("${doc}/CHANGELOG.md")

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # that of SOURCE_DATE_EPOCH, if it is set
file(WRITE "${doc}/changelog"
"gilscale (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What has changed is in CHANGELOG.md.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
compress("${doc}/changelog")

file(READ "${CPACK_GILSCALE_LICENSE}" license)
file(WRITE "${doc}/copyright" "gilscale ${CPACK_PACKAGE_VERSION}\n\n${license}")
set(licenses "${usr}/share/gilscale/licenses")
file(GLOB libraries RELATIVE "${licenses}" "${licenses}/*.txt")
foreach(library IN LISTS libraries)
  file(READ "${licenses}/${library}" license)
  file(APPEND "${doc}/copyright" "\n\nCompiled into it: ${library}\n\n${license}")
endforeach()
file(REMOVE_RECURSE "${licenses}") # one place is enough
