# zsh -f complete_in_zsh.zsh FOLDER LINE: what zsh offers for the last word of LINE, one in a line, between <offered>
# and <end>. FOLDER contains _gilscale. It runs an interactive shell and presses Tab, as a user does.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; unsetopt beep; fpath=(${(q)1} \$fpath); autoload -Uz compinit && compinit -u -D
typeset -ga offered
compadd() {
  local -a matching
  if ((! \$@[(I)-(O|A|D)*])); then builtin compadd -O matching \"\$@\"; offered+=(\$matching); fi
  builtin compadd \"\$@\"
}
press_tab() { offered=(); zle complete-word; print -rl -- '' '<offered>' \$offered '<end>'; }
zle -N press_tab; bindkey '^I' press_tab; stty -echo; print '<ready''>'"
zpty -r -m shell answer '*<ready>*'
zpty -w -n shell "$2"$'\t'
zpty -r -m shell answer '*<end>*'
print -r -- "$answer"
