#!/bin/sh
# Prints "SECRET in PLACE" for each secret of /root/secrets that is in a file of /root/places, in any form that we know
# of: as it is, as a URL writes it, in hexadecimal, and in base64.
set -eu
cd /root/secrets
for secret in *; do
  text=$(cat "$secret")
  forms=/srv/story/forms
  {
    printf '%s\n' "$text"
    printf '%s' "$text" | base64 -w 0 | tr -d '='
    echo
    printf '%s' "$text" | od -An -v -tx1 | tr -d ' \n'
    echo
    # A key that is written in base64 is bytes, which a database shows in hexadecimal.
    printf '%s' "$text" | tr -- '-_' '+/' | base64 -d 2> /dev/null | od -An -v -tx1 | tr -d ' \n'
    echo
    printf '%s\n' "$text" | sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/=/%3D/g'
  } | awk 'length >= 20' > "$forms"
  [ -s "$forms" ] || { echo "$secret is no secret"; exit 1; }
  for place in /root/places/*; do
    ! grep -qaF -f "$forms" "$place" || echo "$secret in ${place##*/}"
  done
done
