# Outlives Lockstep, however that ends; then ends the program and whatever it has started, and removes its folder.
#
# $1: the program's mark, which is in the environment of each of its processes. $2: its folder.
# Standard input: the process that was started, on a line; it ends when Lockstep does, or lets go of the program.

trap '' HUP INT QUIT TERM
while read -r line; do started=$line; done

if [ -r /proc/self/environ ]; then
  # Again until none is left: a process may start another while it is being looked for.
  rounds=20
  while [ "$rounds" -gt 0 ]; do
    found=
    for file in $(grep -lsxz -e "LOCKSTEP_PROGRAM=$1" /proc/[0-9]*/environ); do
      process=${file#/proc/}
      kill -9 "${process%/environ}" 2>/dev/null && found=yes
    done
    [ -n "$found" ] || break
    rounds=$((rounds - 1))
  done
elif [ -n "$started" ]; then
  kill -9 "$started" 2>/dev/null
fi
rm -rf -- "$2"
