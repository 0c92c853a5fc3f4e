#!/bin/sh
# audit.sh: are weaknesses known of anything that is pinned? 0 = none is, 1 = some are, 2 = nobody could say.
# pip-audit asks a service on the network for each; it has an environment of its own, apart from what it judges.
set -eu
cd "$(dirname "$0")/.."
say() { printf '%s\n' "portside: $*" >&2; }

pins=$(cksum < requirements/audit.txt | tr ' ' '-')
if [ "$(cat .venv-audit/.pins 2>/dev/null || true)" != "$pins" ]; then
  say "installing pip-audit into .venv-audit"
  "${PYTHON:-python3}" -m venv --clear .venv-audit
  .venv-audit/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/audit.txt
  printf '%s' "$pins" > .venv-audit/.pins
fi

found=0
for set in app build dev audit; do
  # --strict: what the service does not know is no clean bill.
  if said=$(.venv-audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes \
      -r "requirements/$set.txt" "$@" 2>&1); then
    say "$set: no weakness is known"
    continue
  fi
  case "$said" in
    *"could not be audited"* | *"Connection"* | *"Failed to "* | *"timed out"*)
      printf '%s\n' "$said" | tail -n 1 >&2
      say "$set: the service could not be asked, so that nothing is known. Run it where the network is."
      exit 2 ;;
  esac
  printf '%s\n' "$said"
  say "$set: weaknesses are known; renew the pins as requirements/README.md says"
  found=1
done
exit "$found"
