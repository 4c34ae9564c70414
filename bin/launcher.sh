#!/bin/sh
# aws-oidc for programs that call it often. Prints a profile's `creds` from its hot copy without starting a process, if
# nothing has changed since the copy was made (src/fast-path/hot-copy.ts). Leaves anything else to aws-oidc itself.
# shellcheck disable=SC3013,SC3067 # -nt, -ef and -O: dash, bash, ksh and busybox have them, and POSIX has since 2024.

node='@NODE@'
run='@RUN@'

aws_oidc() {
  if [ -x "$node" ] && [ -f "$run" ]; then exec "$node" "$run" "$@"; fi
  # Node or the script has moved, as when Node was upgraded.
  set -f
  IFS=:
  for folder in $PATH; do
    if [ -x "$folder/aws-oidc" ] && ! [ "$folder/aws-oidc" -ef "$0" ]; then exec "$folder/aws-oidc" "$@"; fi
  done
  echo "Error: aws-oidc was not found at $run or on the PATH." >&2
  echo 'Try: aws-oidc profiles sync (after installing aws-oidc again, if it is gone)' >&2
  exit 1
}

hot_profile() {
  [ "${1-}" = creds ] || return
  case $#:${2-} in
    1:) profile=${AWS_OIDC_PROFILE:-${AWS_PROFILE:-default}} ;;
    2:--profile=*) profile=${2#--profile=} ;;
    3:--profile | 3:-p) profile=$3 ;;
    *) return 1 ;;
  esac
  region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
  case $profile in '' | *[!A-Za-z0-9_.@+-]*) return 1 ;; esac
  case $region in *[!a-z0-9-]*) return 1 ;; esac
}

# `date` would cost a process. Instead, a new pipe's mtime is the current time, and the copy's mtime is its expiry.
# /proc/self/stat won't do instead of a pipe: its mtime is the time at which somebody first looked at this process.
is_in_time() {
  [ -e /dev/fd/9 ] && [ /dev/fd/0 -nt /dev/fd/9 ] && ! [ "$folder" -nt /dev/fd/9 ]
} 9<<'now'

now

# Takes pairs: a file's earlier state and its path, or "=" with a path and the file that the path led to.
are_unchanged() {
  while [ "$#" -gt 1 ]; do
    case $1 in
      -) ! [ -e "$2" ] ;;
      =*) [ "${1#=}" -ef "$2" ] ;;
      *)
        [ -e "$2" ] && [ -O "$folder/$1.low" ] && [ -O "$folder/$1.high" ] &&
          ! [ "$folder/$1.low" -nt "$2" ] && ! [ "$2" -nt "$folder/$1.high" ]
        ;;
    esac || return
    shift 2
  done
  [ "$#" -eq 0 ]
}

is_hot() {
  tab='	'
  runtime=${XDG_RUNTIME_DIR-}
  folder=$runtime/aws-oidc
  copy=$folder/$profile:$region
  case $runtime in /*) ;; *) return 1 ;; esac
  # Only in a folder of ours can nobody replace anything between two looks.
  [ -O "$runtime" ] && [ -O "$folder" ] && ! [ -h "$folder" ] && [ -f "$copy" ] && ! [ -h "$copy" ] || return
  {
    [ -O /dev/fd/0 ] && is_in_time || return
    IFS= read -r who && IFS= read -r what && IFS= read -r document || return
    if IFS= read -r more || [ -n "$more" ]; then return 1; fi
  } <"$copy"
  [ "${#document}" -le 16384 ] || return
  # What the build fills in is in src/fast-path/caller-lines.ts.
  set -- '@FORMAT@' "$run" "$profile" @VARIABLES@
  IFS=$tab
  [ "$who" = "$*" ] || return
  set -f
  # shellcheck disable=SC2086 # Splitting is intended.
  are_unchanged $what
}

# If printf is no builtin but a program, it shows the credentials to everybody who lists processes.
prints_itself() { PATH=/dev/null printf ''; }

if hot_profile "$@" && prints_itself 2>/dev/null && is_hot 2>/dev/null; then
  trap 'exit 1' PIPE
  printf '%s\n' "$document" 2>/dev/null && exit
  # Treats a closed stdout like /dev/null, as Node does.
  [ -e /dev/fd/1 ] || exit 0
  echo 'Error: The result could not be written.' >&2
  exit 1
fi
aws_oidc "$@"
