# Completion for fish: aws-oidc autocomplete script fish | source
# Candidates are data: fish quotes them.

function __aws_oidc_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (command aws-oidc autocomplete words fish $before "$current" 2>/dev/null)
    set -l kind (string split \t -- "$answer[1]")
    switch "$kind[1]"
        case words
            test (count $answer) -gt 1; and printf '%s\n' $answer[2..-1]
        case files
            __fish_complete_path (string replace -- "$kind[2]" '' "$current")
        case program
            set -l rest (string escape -- $before[(math $kind[2] + 1)..-1]) "$current"
            complete -C (string join ' ' -- $rest)
    end
end

complete -c aws-oidc -f -a '(__aws_oidc_complete)'
