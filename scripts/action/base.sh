#!/usr/bin/env bash
# Checks out the version to compare with in the folder `tree`.
# Outputs, unless it is the commit that is measured: project, its folder; name, for people.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The checkout may hold nothing but its newest commit; then what is added shall not bring a history either.
fetch() { # $1: branch, tag or commit
  local depth=()
  [[ $(git rev-parse --is-shallow-repository) == false ]] || depth=(--depth=1)
  git fetch --quiet --no-tags "${depth[@]}" -- origin "$1"
}

commit_of() { git rev-parse --quiet --verify --end-of-options "$1^{commit}"; } # $1: revision

# Without access to origin, what is there has to do.
named_commit() {
  if fetch "$INPUT_AGAINST"; then
    commit_of FETCH_HEAD
  else
    commit_of "refs/remotes/origin/$INPUT_AGAINST" || commit_of "$INPUT_AGAINST"
  fi
}

is_base_of_pull_request() { [[ ${GITHUB_EVENT_NAME-} == pull_request && $INPUT_AGAINST == "${GITHUB_BASE_REF-}" ]]; }

# The first parent of the commit in which GitHub merged the pull request into its base, if that one is checked out.
# A shallow checkout has the parent's name, but not the parent.
merged_into() {
  local parents
  [[ $(commit_of HEAD) == "${GITHUB_SHA-}" ]] || return
  mapfile -t parents < <(git cat-file commit HEAD | sed '/^$/q' | sed -n 's/^parent //p')
  ((${#parents[@]} == 2)) || return
  commit_of "${parents[0]}" || { fetch "${parents[0]}" && echo "${parents[0]}"; }
}

# Not the branch's newest commit if it has moved on since: its changes would be taken for the pull request's.
base_of_pull_request() { # $1: the branch's newest commit
  merged_into || git merge-base HEAD "$1" || echo "$1"
}

find_commit() { # sets commit
  git rev-parse --git-dir >/dev/null ||
    fail "$broken" "there is no repository of git in $ACTION_PROJECT, see the log; put actions/checkout before"
  { git check-ref-format --allow-onelevel "$INPUT_AGAINST" && commit=$(named_commit); } ||
    fail "$usage" "the input 'against' is '$INPUT_AGAINST', which is not a branch, a tag or a commit of origin;" \
      "check its spelling, or see the log for what git says"
  if is_base_of_pull_request; then commit=$(base_of_pull_request "$commit"); fi
}

# Whether submodules are checked out; a minus marks those that are not.
has_submodules() { [[ -f $1/.gitmodules && $(git -C "$1" submodule status) =~ (^|$'\n')[^-] ]]; } # $1: folder

check_out() { # $1: folder
  local here
  here=$(git rev-parse --show-toplevel)
  git worktree prune
  git worktree add --quiet --detach "$1" "$commit" || fail "$broken" "git could not check out $name; see the log"
  ! has_submodules "$here" || git -C "$1" submodule update --quiet --init --recursive --depth=1 ||
    fail "$broken" "git could not get the submodules of $name; see the log"
}

cd "$ACTION_PROJECT"
find_commit
name="$INPUT_AGAINST ($(git rev-parse --short "$commit"))"
if [[ $commit == $(commit_of HEAD) ]]; then
  echo "::notice title=gilscale::$(escaped "$name is the commit that is measured, so there is nothing to compare")"
  exit
fi
tree=$ACTION_FOLDER/tree
check_out "$tree"
project=$tree/$(git rev-parse --show-prefix)
[[ -d $project ]] ||
  fail "$usage" "$name has no folder '$(git rev-parse --show-prefix)', so there is nothing to compare with; leave out 'against'"
output project "$project"
output name "$name"
