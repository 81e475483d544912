# Completions of bpfcc for bash.
_bpfcc()
{
	local word=${COMP_WORDS[COMP_CWORD]} verbs="run cache"
	local IFS=$' \t\n'

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "$verbs --help --version" -- "$word"))
		return
	fi
	case ${COMP_WORDS[1]} in
	run)
		[[ $word == -* ]] && COMPREPLY=($(compgen -W "--text --include --define --set --attach --pid --duration --count
			--watch --interval --table --event --json --help" -- "$word"))
		;;
	cache) COMPREPLY=($(compgen -W "--clear --help" -- "$word")) ;;
	esac
}
complete -o default -F _bpfcc bpfcc
