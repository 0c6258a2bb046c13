import type { Entry } from './vocabulary.js';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

function caseLines(entries: readonly Entry[], line: (entry: Entry) => string): string {
  return entries.map((entry) => `    "${entry.path}") ${line(entry)} ;;`).join('\n');
}

function valueLines(entries: readonly Entry[]): string {
  return entries
    .flatMap(({ path, values }) =>
      [...values].map(([flag, choices]) => `    "${path} ${flag}") words="${choices.join(' ')}"; isValue=1 ;;`),
    )
    .join('\n');
}

/** Where nothing is offered, `-o default` completes files. */
function bash(name: string, entries: readonly Entry[]): string {
  return `_${name}() {
  local at="" word words="" flags="" isValue=0
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${entries.flatMap(({ path }) => (path === '' ? [] : [`"${path}"`])).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${caseLines(entries, ({ words, flags }) => `words="${words.join(' ')}"; flags="${flags.join(' ')}"`)}
  esac
  case "$at $previous" in
${valueLines(entries)}
  esac
  if [ "$isValue" = 0 ]; then case "$current" in -*) words="$flags" ;; esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function zsh(name: string, entries: readonly Entry[]): string {
  return `#compdef ${name}
autoload -U +X bashcompinit && bashcompinit
${bash(name, entries)}`;
}

function fishCondition(path: string): string {
  const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  return path === '' ? '__fish_use_subcommand' : seen.join('; and ');
}

function fishLines(name: string, { path, words, flags, values }: Entry): readonly string[] {
  const line = `complete -c ${name} -n '${fishCondition(path)}'`;
  const named = words.length === 0 ? [] : [`${line} -f -a '${words.join(' ')}'`];
  const long = flags.filter((flag) => flag.startsWith('--'));
  const options = long.map((flag) => {
    const choices = values.get(flag);
    const value = choices === undefined ? '' : choices.length === 0 ? ' -r' : ` -x -a '${choices.join(' ')}'`;
    return `${line} -l ${flag.slice(2)}${value}`;
  });
  return [...named, ...options];
}

function fish(name: string, entries: readonly Entry[]): string {
  return `${entries.flatMap((entry) => fishLines(name, entry)).join('\n')}\n`;
}

const writers = { bash, zsh, fish };

/** A completion script for a shell, made from the commands as they are. */
export function completionScript(shell: Shell, name: string, entries: readonly Entry[]): string {
  return writers[shell](name, entries);
}
