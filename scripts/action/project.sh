#!/usr/bin/env bash
# Installs one version of the project into a virtual environment.
# Usage: project.sh NAME_OF_THE_ENVIRONMENT. Output: environment, its folder.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

environment=$ACTION_FOLDER/$1

# The user's command, with the environment active, in the shell that GitHub runs commands with.
install() (
  cd "$ACTION_PROJECT" || exit
  export VIRTUAL_ENV=$environment PATH=$environment/bin:$PATH
  bash --noprofile --norc -eo pipefail -c "$INPUT_INSTALL"
)

make_environment "$environment"
group "Install $ACTION_NAME" install ||
  fail "$broken" "the command of the input 'install' failed for $ACTION_NAME;" \
    "the log has its output, under 'Install $ACTION_NAME'"
output environment "$environment"
