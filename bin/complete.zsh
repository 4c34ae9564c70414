# Completion for zsh: eval "$(aws-oidc autocomplete script zsh)"
# Candidates are data: zsh quotes them.

_aws_oidc() {
  local -a answer values shown
  local line width=0
  answer=("${(@f)$(command aws-oidc autocomplete words zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  case $answer[1] in
    files*)
      [[ $answer[1] == files ]] || compset -P '*='
      _files
      ;;
    program*)
      local from=${answer[1]#*$'\t'}
      shift $from words
      ((CURRENT -= from))
      _normal -p aws-oidc
      ;;
    words)
      shift answer
      values=("${(@)answer%%$'\t'*}")
      for line in "${(@)values}"; do (($#line > width)) && width=$#line; done
      for line in "${(@)answer}"; do
        if [[ -n ${line#*$'\t'} ]]; then
          shown+=("${(r:width:)${line%%$'\t'*}}  -- ${line#*$'\t'}")
        else
          shown+=("${line%%$'\t'*}")
        fi
      done
      compadd -l -d shown -a values
      ;;
  esac
}

(($+functions[compdef])) || { autoload -Uz compinit && compinit; }
compdef _aws_oidc aws-oidc
