/**
 * The page's script: takes the numbers that the server sends every second, writes them where they changed, and draws
 * each member's requests a second over the last minute. Without it the page is as it was made.
 */
export const SCRIPT = `
'use strict';
const live = document.getElementById('live');
const history = new Map();
const source = new EventSource(document.body.dataset.events);
source.onopen = () => { live.textContent = 'Numbers are live.'; };
source.onerror = () => { live.textContent = 'Numbers stand still: the connection is lost, trying again.'; };
source.onmessage = ({ data }) => {
  for (const balancer of JSON.parse(data).balancers) {
    const section = document.querySelector('[data-balancer="' + CSS.escape(balancer.name) + '"]');
    if (section === null) continue;
    balancer.members.forEach((member, worker) => {
      for (const [field, value] of Object.entries(member.shown)) {
        for (const cell of section.querySelectorAll('[data-live="' + worker + '.' + field + '"]')) {
          if (cell.textContent !== value) cell.textContent = value;
        }
      }
      draw(section, balancer.name + ' ' + worker, worker, member.elected);
    });
  }
};
function draw(section, key, worker, elected) {
  const cell = section.querySelector('[data-chart="' + worker + '"]');
  if (cell === null) return;
  const past = history.get(key) ?? [];
  history.set(key, past);
  past.push(elected);
  if (past.length > 61) past.shift();
  const rates = past.slice(1).map((count, i) => Math.max(0, count - past[i]));
  if (rates.length < 2) return;
  const most = Math.max(1, ...rates);
  const points = rates.map((rate, i) => 2 * (60 - rates.length + i) + ',' + (23 - (22 * rate) / most).toFixed(1));
  let svg = cell.querySelector('svg');
  if (svg === null) {
    svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 120 24');
    svg.setAttribute('width', '120');
    svg.setAttribute('height', '24');
    svg.setAttribute('role', 'img');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    line.setAttribute('fill', 'none');
    line.setAttribute('stroke', 'currentColor');
    svg.append(line);
    cell.append(svg, document.createElement('span'));
  }
  svg.setAttribute('aria-label', 'requests a second over the last minute, now ' + rates[rates.length - 1] + ', at most ' + most);
  svg.nextSibling.textContent = rates[rates.length - 1] + ' (most ' + most + ')';
  svg.firstChild.setAttribute('points', points.join(' '));
}
`;
