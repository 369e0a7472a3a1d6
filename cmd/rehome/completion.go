package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/report"
)

func completionCommand(t terminal, app *cli.App) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion of verbs, flags and runs for bash or zsh",
		ArgsUsage: "bash|zsh",
		UsageText: "source <(rehome completion bash)\nrehome completion zsh > ~/.zfunc/_rehome",
		Action: func(c *cli.Context) error {
			shell, err := oneArgument(c, "shell")
			if err != nil {
				return err
			}
			script, known := map[string]func([]*cli.Command) string{"bash": bashCompletion, "zsh": zshCompletion}[shell]
			if !known {
				return usage("use bash or zsh", "there is no completion for %s", report.Visible(shell))
			}
			_, err = fmt.Fprint(t.out, script(app.Commands))
			return err
		},
	}
}

// choices are the values of flags that take one of a few words.
var choices = map[string]string{
	"from": "firebase wordpress csv", "to": "rehearsal appwrite postgres", "layout": "generic supabase", "profile": "1.5 1.9",
	"id": "auto keep uuid prefix:", "roles": "drop labels", "claims": "drop prefs", "dates": "drop prefs", "workers": "auto", "logins": "all",
}

// takesRun tells whether a verb's first argument is a run.
func takesRun(c *cli.Command) bool { return strings.HasPrefix(c.ArgsUsage, "RUN") }

// bashCompletion completes verbs, the flags of a verb, the values of flags with
// few of them, and the names of runs; anything else is a file.
func bashCompletion(verbs []*cli.Command) string {
	var names, flags, values, runs strings.Builder
	for _, v := range verbs {
		names.WriteString(v.Name + " ")
		fmt.Fprintf(&flags, "\t\t%s) words=%q ;;\n", v.Name, strings.Join(flagNames(v), " "))
		if takesRun(v) {
			runs.WriteString(v.Name + "|")
		}
	}
	for _, flag := range slices.Sorted(maps.Keys(choices)) {
		fmt.Fprintf(&values, "\t--%s) COMPREPLY=($(compgen -W %q -- \"$word\")); return ;;\n", flag, choices[flag])
	}
	return fmt.Sprintf(`# Completion of rehome for bash. Load it with: source <(rehome completion bash)
_rehome() {
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=""
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W %q -- "$word"))
		return
	fi
	case ${COMP_WORDS[COMP_CWORD-1]} in
%s	esac
	if [[ $word == -* ]]; then
		case $verb in
%s		esac
	elif [ "$COMP_CWORD" -eq 2 ]; then
		case $verb in
		%s) words=$(cd "${REHOME_RUNS:-rehome-runs}" 2>/dev/null && printf '%%s ' [0-9]*) ;;
		esac
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _rehome rehome
`, strings.TrimSpace(names.String()), values.String(), flags.String(), strings.TrimSuffix(runs.String(), "|"))
}

// zshCompletion does the same, with what each verb and flag is for beside it.
func zshCompletion(verbs []*cli.Command) string {
	var names, cases strings.Builder
	for _, v := range verbs {
		fmt.Fprintf(&names, "\t\t'%s:%s'\n", v.Name, zshText(v.Usage))
		fmt.Fprintf(&cases, "\t%s) _arguments -s", v.Name)
		for _, f := range v.Flags {
			fmt.Fprintf(&cases, " \\\n\t\t%s", zshFlag(f))
		}
		if takesRun(v) {
			cases.WriteString(" \\\n\t\t'1:run:_rehome_runs'")
		}
		cases.WriteString(" \\\n\t\t'*:file:_files' ;;\n")
	}
	return fmt.Sprintf(`#compdef rehome
# Completion of rehome for zsh. Put it into a folder of $fpath as _rehome, or load
# it with: source <(rehome completion zsh)
_rehome_runs() { compadd -- ${REHOME_RUNS:-rehome-runs}/[0-9]*(/N:t) }
_rehome() {
	local -a verbs=(
%s	)
	if (( CURRENT == 2 )); then
		_describe verb verbs
		return
	fi
	shift words
	(( CURRENT-- ))
	case $words[1] in
%s	esac
}
if [ "$funcstack[1]" = _rehome ]; then
	_rehome "$@"
else
	compdef _rehome rehome
fi
`, names.String(), cases.String())
}

func zshFlag(f cli.Flag) string {
	name, d := f.Names()[0], f.(cli.DocGenerationFlag)
	value, words := placeholder(d.GetUsage())
	spec := "--" + name
	if !d.TakesValue() {
		return "'" + spec + "[" + zshText(words) + "]'"
	}
	action := "_files"
	if words, few := choices[name]; few {
		action = "(" + words + ")"
	}
	return "'" + spec + "=[" + zshText(words) + "]:" + zshText(value) + ":" + action + "'"
}

// zshText is text as a description takes it: no quotes, brackets or colons.
func zshText(s string) string {
	return strings.NewReplacer("'", "’", "[", "(", "]", ")", ":", "\\:", "`", "").Replace(s)
}

func flagNames(c *cli.Command) (names []string) {
	for _, f := range c.Flags {
		names = append(names, "--"+f.Names()[0])
	}
	return names
}
