# Completions of bpfcc for bash.
_bpfcc()
{
	local word=${COMP_WORDS[COMP_CWORD]} verbs="cache"
	local IFS=$' \t\n'

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "$verbs --help --version" -- "$word"))
		return
	fi
	case ${COMP_WORDS[1]} in
	cache) COMPREPLY=($(compgen -W "--clear --help" -- "$word")) ;;
	esac
}
complete -o default -F _bpfcc bpfcc
