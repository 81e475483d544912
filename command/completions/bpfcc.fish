# Completions of bpfcc for fish.
complete -c bpfcc -n __fish_use_subcommand -f -a run -d 'Compile BPF programs, attach them, and show what they report'
complete -c bpfcc -n __fish_use_subcommand -f -a inspect -d 'Show what a text, an object or a package has'
complete -c bpfcc -n '__fish_seen_subcommand_from inspect' -s j -l json -d 'Print JSON'
complete -c bpfcc -n __fish_use_subcommand -f -a cache -d 'Show or empty the cache of compiled programs'
complete -c bpfcc -n '__fish_seen_subcommand_from cache' -s c -l clear -d 'Remove all objects'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s e -l text -x -d 'Run this text'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s I -l include -x -d 'Look for headers there'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s D -l define -x -d 'Define a macro'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s b -l btf -r -d 'Relocate by the types in this file'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s s -l set -x -d 'Set a global variable'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s a -l attach -x -d 'Attach a program to a target'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s p -l pid -x -d 'Only this process'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s d -l duration -x -d 'End after so many seconds'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s n -l count -x -d 'End after so many events'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s w -l watch -d 'Compile a file again when it changes'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s i -l interval -x -d 'Show tables every so many seconds'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s t -l table -x -d 'Show this table too'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s E -l event -x -d 'The type of the events of a buffer'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s j -l json -d 'JSON lines'
complete -c bpfcc -n '__fish_seen_subcommand_from run' -s h -l help -d 'Show the options, and the variables of a file'
complete -c bpfcc -n __fish_use_subcommand -f -a list -d 'List what programs can be attached to'
complete -c bpfcc -n '__fish_seen_subcommand_from list' -s v -l verbose -d 'Show arguments and types'
complete -c bpfcc -n '__fish_seen_subcommand_from list' -s a -l all -d 'Also what is not possible'
complete -c bpfcc -n '__fish_seen_subcommand_from list' -s p -l pid -x -d 'Of this process'
complete -c bpfcc -n '__fish_seen_subcommand_from list' -s j -l json -d 'Print JSON'
function __bpfcc_probes
    set -l word (commandline -ct)
    if string match -q '*:*' -- $word
        bpfcc list "$word*" 2>/dev/null | head -n 2000
    else
        printf '%s:\n' tracepoint raw_tracepoint kprobe fentry syscall lsm iter kfunc struct_ops hardware software cache pmu uprobe usdt
    end
end
complete -c bpfcc -n '__fish_seen_subcommand_from list' -f -a '(__bpfcc_probes)'
complete -c bpfcc -n __fish_use_subcommand -f -a ps -d 'List programs, tables and links'
complete -c bpfcc -n '__fish_seen_subcommand_from ps' -s v -l verbose -d 'Show more'
complete -c bpfcc -n '__fish_seen_subcommand_from ps' -s i -l interval -x -d 'Count runs for so many seconds'
complete -c bpfcc -n '__fish_seen_subcommand_from ps' -s j -l json -d 'Print JSON'
complete -c bpfcc -n __fish_use_subcommand -f -a dump -d 'Print the entries of a table'
complete -c bpfcc -n '__fish_seen_subcommand_from dump' -s j -l json -d 'Print JSON'
complete -c bpfcc -n '__fish_seen_subcommand_from dump' -s p -l pid -x -d 'Names of this process'
complete -c bpfcc -n __fish_use_subcommand -f -a features -d 'Show what BPF can do in this kernel'
complete -c bpfcc -n '__fish_seen_subcommand_from features' -s H -l helpers -d 'Also helpers'
complete -c bpfcc -n '__fish_seen_subcommand_from features' -s j -l json -d 'Print JSON'
