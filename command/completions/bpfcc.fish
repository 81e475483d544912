# Completions of bpfcc for fish.
complete -c bpfcc -n __fish_use_subcommand -f -a cache -d 'Show or empty the cache of compiled programs'
complete -c bpfcc -n '__fish_seen_subcommand_from cache' -s c -l clear -d 'Remove all objects'
