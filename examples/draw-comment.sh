#!/usr/bin/env bash
# Draws examples/comment.png: a comment as a portal shows it, light and dark. Needs chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1773312600
comment=$(cargo run --quiet --release --bin honeytriage -- triage examples/incidents/ssh-brute-force.json --format html)
cat > "$work/page.html" <<PAGE
<!doctype html><meta charset="utf-8">
<style>
body { margin: 0; display: flex; font: 13px/1.45 "Segoe UI", "DejaVu Sans", sans-serif }
div { width: 680px; padding: 12px 22px }
code { font: 11.5px "DejaVu Sans Mono", monospace; padding: 1px 3px; border-radius: 3px }
pre { padding: 8px; overflow: hidden }
.light { background: #fff; color: #242424 } .light a { color: #0f6cbd } .light code, .light pre { background: #f3f2f1 }
.dark { background: #1b1a19; color: #e6e6e6 } .dark a { color: #62abf5 } .dark code, .dark pre { background: #2d2c2b }
</style>
<div class="light">$comment</div><div class="dark">$comment</div>
PAGE
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$work/profile" --hide-scrollbars \
  --window-size=1448,1010 --screenshot=examples/comment.png "file://$work/page.html" 2>/dev/null
