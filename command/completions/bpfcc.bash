# Completions of bpfcc for bash.
# the words before and after a colon are one here
_bpfcc_probes()
{
	local word=$1 found

	COMPREPLY=()
	while IFS= read -r found; do
		COMPREPLY+=("$found")
	done < <(bpfcc list "$word*" 2>/dev/null | head -n 2000)
	[[ $word == *:* && $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
}

_bpfcc()
{
	local word=${COMP_WORDS[COMP_CWORD]} verbs="run build inspect list features ps dump pin unpin gen cache"
	local compile="--include --define --undefine -include -imacros -isystem -iquote -idirafter"
	local IFS=$' \t\n'

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "$verbs --help --version" -- "$word"))
		return
	fi
	case ${COMP_WORDS[1]} in
	run)
		[[ $word == -* ]] && COMPREPLY=($(compgen -W "--text $compile --btf --set --attach --pid --duration --count
			--watch --interval --table --event --json --help" -- "$word"))
		;;
	build) [[ $word == -* ]] && COMPREPLY=($(compgen -W "--output --package $compile --help" -- "$word")) ;;
	inspect) [[ $word == -* ]] && COMPREPLY=($(compgen -W "--json $compile --help" -- "$word")) ;;
	pin) [[ $word == -* ]] && COMPREPLY=($(compgen -W "--layout --root --name --replace --folder --no-attach --attach --set $compile --btf --help" -- "$word")) ;;
	unpin)
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W "--layout --root --name --folder --help" -- "$word"))
		elif [[ $word != */* ]]; then
			COMPREPLY=($(compgen -W "$(ls /sys/fs/bpf 2>/dev/null)" -- "$word"))
		fi
		;;
	gen)
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W "--name $compile --help" -- "$word"))
		elif ((COMP_CWORD == 2)); then
			COMPREPLY=($(compgen -W "header" -- "$word"))
		fi
		;;
	cache) COMPREPLY=($(compgen -W "--clear --help" -- "$word")) ;;
	features) COMPREPLY=($(compgen -W "--helpers --json --help" -- "$word")) ;;
	ps) COMPREPLY=($(compgen -W "--verbose --interval --json --help" -- "$word")) ;;
	dump)
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W "--json --pid --help" -- "$word"))
		elif [[ $word != */* ]]; then
			COMPREPLY=($(compgen -W "$(bpfcc ps 2>/dev/null | awk '$1 == "table" { print $4 }')" -- "$word"))
		fi
		;;
	list)
		word=${COMP_LINE:0:COMP_POINT}
		word=${word##*[[:space:]]}
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W "--verbose --all --pid --json --help" -- "$word"))
		elif [[ $word == *:* ]]; then
			_bpfcc_probes "$word"
		else
			compopt -o nospace
			COMPREPLY=($(compgen -S : -W "tracepoint raw_tracepoint kprobe fentry syscall lsm iter kfunc struct_ops \
				hardware software cache pmu uprobe usdt" -- "$word"))
		fi
		;;
	esac
}
complete -o default -F _bpfcc bpfcc
