import type { Command } from 'commander';

type Shell = 'bash' | 'zsh' | 'fish';

export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

interface Entry {
  /** Words before the cursor, without the program's name. */
  readonly path: string;
  readonly words: readonly string[];
}

function entriesOf(command: Command, path: readonly string[] = []): readonly Entry[] {
  const children = command.commands.filter((child) => !child.name().startsWith('_'));
  const flags = command.options.map(({ long, short }) => long ?? short ?? '').filter((flag) => flag !== '');
  const words = [...children.map((child) => child.name()), ...flags, '--help'];
  return [{ path: path.join(' '), words }, ...children.flatMap((child) => entriesOf(child, [...path, child.name()]))];
}

function bash(name: string, entries: readonly Entry[]): string {
  const cases = entries.map(({ path, words }) => `    "${path}") words="${words.join(' ')}" ;;`).join('\n');
  return `_${name}() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${name}
`;
}

function zsh(name: string, entries: readonly Entry[]): string {
  return `#compdef ${name}
autoload -U +X bashcompinit && bashcompinit
${bash(name, entries)}`;
}

function fish(name: string, entries: readonly Entry[]): string {
  const lines = entries.map(({ path, words }) => {
    const test = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1) ?? ''}`;
    return `complete -c ${name} -n '${test}' -a '${words.join(' ')}'`;
  });
  return `${lines.join('\n')}\n`;
}

const writers = { bash, zsh, fish };

/** A completion script for a shell, made from the commands as they are. */
export function completionScript(shell: Shell, program: Command): string {
  return writers[shell](program.name(), entriesOf(program));
}
