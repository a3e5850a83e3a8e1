"""A picture of the attacks, in the manner of the workbook's map: one circle an address, its area the number of events.

The addresses are documentation addresses, which are nowhere. Their places here are made up, and the picture says so; in the
workbook geo_info_from_ip_address gives the real ones. The same input gives the same picture.
"""
from math import sqrt
from xml.sax.saxutils import escape

WIDTH, TOP, NORTH, SOUTH = 960, 64, 75, -60
MAP_HEIGHT = (NORTH - SOUTH) / 360 * WIDTH
HEIGHT = int(TOP + MAP_HEIGHT + 72)
HONEYPOT = (50.1, 8.7)
PLACES = {
    "203.0.113.7": (-15.0, -48.0), "198.51.100.42": (1.3, 103.8), "192.0.2.91": (19.0, 73.0), "198.51.100.77": (43.0, 132.0),
    "203.0.113.150": (39.0, -98.0), "2001:db8::7": (-29.0, 24.0),
}
STYLE = """
  .paper { fill: #ffffff } .grid { stroke: #d0d7de; fill: none } .zero { stroke: #8c959f; fill: none }
  text { fill: #1f2328; font-family: system-ui, sans-serif; font-size: 14px; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round } .small { fill: #59636e; font-size: 12px } .title { font-size: 20px; font-weight: 600 }
  .hit { fill: #cf222e; fill-opacity: .3; stroke: #a40e26; stroke-width: 1.5 } .way { stroke: #cf222e; stroke-opacity: .55; fill: none; stroke-dasharray: 4 4 } .pot { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .grid { stroke: #30363d } .zero { stroke: #656c76 } text { fill: #e6edf3; stroke: #0d1117 } .small { fill: #9198a1 }
    .hit { fill: #ff7b72; stroke: #ffa198 } .way { stroke: #ff7b72 } .pot { fill: #58a6ff }
  }
"""


def place(latitude: float, longitude: float) -> tuple[float, float]:
    return (longitude + 180) / 360 * WIDTH, TOP + (NORTH - latitude) / 360 * WIDTH


def radius(events: int) -> float:
    return min(6 + 2.2 * sqrt(events), 60)


def graticule() -> list[str]:
    lines = []
    for degree in range(-180, 181, 30):
        x = place(0, degree)[0]
        lines.append(f'<path class="{"zero" if degree == 0 else "grid"}" d="M{x:.1f} {TOP}V{TOP + MAP_HEIGHT:.1f}"/>')
    for degree in range(-60, 61, 30):
        y = place(degree, 0)[1]
        lines.append(f'<path class="{"zero" if degree == 0 else "grid"}" d="M0 {y:.1f}H{WIDTH}"/>')
    for degree in range(-60, 61, 30):
        name = f"{abs(degree)}°{'N' if degree > 0 else 'S' if degree < 0 else ''}"
        lines.append(f'<text class="small" x="6" y="{place(degree, 0)[1] - 5:.1f}">{name}</text>')
    return lines


def way(x: float, y: float) -> str:
    """A curve from an address to the honeypot."""
    to_x, to_y = place(*HONEYPOT)
    return f'<path class="way" d="M{x:.1f} {y:.1f}Q{(x + to_x) / 2:.1f} {(y + to_y) / 2 - 40:.1f} {to_x:.1f} {to_y:.1f}"/>'


def several(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def circle(address: str, events: int, honeypots: int) -> list[str]:
    x, y = place(*PLACES[address])
    size = radius(events)
    anchor, label = ("end", x - size - 6) if x > WIDTH * 0.75 else ("start", x + size + 6)
    count = f"{several(events, 'event')}, {several(honeypots, 'honeypot')}"
    return [
        f'<circle class="hit" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"><title>{escape(address)}: {count}</title></circle>',
        f'<text x="{label:.1f}" y="{y - 2:.1f}" text-anchor="{anchor}">{escape(address)}</text>',
        f'<text class="small" x="{label:.1f}" y="{y + 14:.1f}" text-anchor="{anchor}">{count}</text>',
    ]


def draw(hits: dict[str, dict[str, int]]) -> str:
    """`hits`: events by honeypot, by address."""
    totals = {address: (sum(by.values()), len(by)) for address, by in hits.items()}
    shown = sorted((address for address in totals if address in PLACES), key=lambda address: (-totals[address][0], address))
    events = sum(total for total, _ in totals.values())
    summary = f"{several(events, 'event')} from {len(totals)} addresses"
    pot_x, pot_y = place(*HONEYPOT)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Attacks on the honeypot by address">',
        f"<style>{STYLE}</style>", f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        '<text class="title" x="16" y="30">Attacks on the honeypot</text>',
        f'<text class="small" x="16" y="50">{summary}</text>', *graticule(),
        *[way(*place(*PLACES[address])) for address in shown],
        *[line for address in shown for line in circle(address, *totals[address])],
        f'<path class="pot" d="M{pot_x:.1f} {pot_y - 9:.1f}l9 9l-9 9l-9 -9z"/>', f'<text x="{pot_x:.1f}" y="{pot_y - 18:.1f}" text-anchor="middle">honeypot</text>',
        *legend(len(totals) - len(shown)), "</svg>",
    ]
    return "\n".join(parts) + "\n"


def legend(unplaced: int) -> list[str]:
    y, x, parts = TOP + MAP_HEIGHT + 36, 16, []
    for events in (1, 10, 100):
        parts.append(f'<circle class="hit" cx="{x + radius(events):.1f}" cy="{y:.1f}" r="{radius(events):.1f}"/>')
        x += 2 * radius(events) + 6
        parts.append(f'<text class="small" x="{x:.1f}" y="{y + 4:.1f}">{events}</text>')
        x += 40
    rest = f" {unplaced} more have none." if unplaced else ""
    parts.append(f'<text class="small" x="{x + 20:.1f}" y="{y + 4:.1f}">Places are made up: these addresses are for documentation and belong to nobody.{rest}</text>')
    return parts
