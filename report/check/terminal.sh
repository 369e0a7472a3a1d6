#!/bin/sh
# Writes what a terminal shows after an inspection and in the middle of a practice
# move to $3, as text: the program is $1, the dump $2. Needs tmux.
set -eu
program=$1 dump=$2 out=$3
work=$(mktemp -d)
screen="tmux -L rehome-picture -f /dev/null"
trap '$screen kill-server 2>/dev/null; rm -rf "$work"' EXIT
ln -s "$program" "$work/rehome"
ln -s "$dump" "$work/wordpress.sql"
$screen new-session -d -x 100 -y 60 -c "$work" "env PATH='$work:$PATH' PS1='$ ' sh"
sleep 1 # for the shell to be there
$screen send-keys 'rehome inspect wordpress.sql' Enter
sleep 3 # for it to be done
$screen send-keys 'rehome import wordpress.sql --without-password' Enter
for _ in $(seq 600); do
	$screen capture-pane -p >"$work/screen"
	if grep -Eq 'move: .* (5[0-9]|6[0-9])% \|' "$work/screen"; then
		cp "$work/screen" "$out"
		exit 0
	fi
	sleep 0.1
done
echo "the move was not seen in its middle; the screen:" >&2
cat "$work/screen" >&2
exit 1
