# Completion for bash, from 3.2 on: eval "$(aws-oidc autocomplete script bash)"
# Candidates come quoted, and are data: nothing of them is evaluated.

__aws_oidc_complete() {
  local kind='' line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
  done <<<"$(command aws-oidc autocomplete words bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)"
  case $kind in
    files*) __aws_oidc_generate -f "$kind" ;;
    programs*) __aws_oidc_generate -c "$kind" ;;
  esac
}

# Takes what to generate, and a line with the word that is typed, without its quotes.
__aws_oidc_generate() {
  local tab=$'\t' word='' line
  case $2 in *"$tab"*) word=${2#*"$tab"} ;; esac
  case $1$word in -c*/*) set -- -f ;; esac
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    type compopt >/dev/null 2>&1 || printf -v line %q "$line"
    COMPREPLY+=("$line")
  done <<<"$(compgen "$1" -- "$word")"
  compopt -o filenames 2>/dev/null || :
}

complete -F __aws_oidc_complete aws-oidc
