// Adds to the set-up page what needs a script: the live check, the counts, and marks without reloading.
const own = 'telltale.test';
const everyMs = 3000;
const patienceMs = 4000;

/** @returns what the proxy says of a request to that address; null when none came through. */
async function check(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(patienceMs), cache: 'no-store', mode: 'cors' });
    return response.ok ? await response.json() : null;
  } catch {
    // Refused, unreachable or not trusted: all mean "not yet".
    return null;
  }
}

function light(name, on) {
  const element = document.getElementById(`check-${name}`);
  element.classList.toggle('on', on);
  const text = on ? element.dataset.yes : element.dataset.no;
  // Screen readers announce changes only.
  if (element.textContent !== text) element.textContent = text;
}

async function look() {
  const secure = await check(`https://${own}/check`);
  const trusted = secure?.through_proxy === true && secure.over_tls === true;
  light('trust', trusted);
  const plain = trusted || location.protocol === 'https:' ? secure : await check(`http://${own}/check`);
  light('proxy', plain?.through_proxy === true);
}

async function count() {
  const state = await check('/state');
  if (state === null) return;
  for (const name of ['exchanges', 'sdks', 'findings', 'gaps'])
    document.getElementById(`count-${name}`).textContent = String(state[name]);
}

/** One round after the other, never two at once, and none while nobody looks. */
async function watch() {
  if (document.visibilityState === 'visible') await Promise.all([look(), count()]);
  setTimeout(watch, everyMs);
}

async function mark(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = event.submitter;
  const feedback = document.getElementById('feedback');
  const note = form.elements.namedItem('note');
  const body = new URLSearchParams({ kind: button.value, note: note.value });
  let done = false;
  try {
    const response = await fetch(form.getAttribute('action'), {
      method: 'POST',
      body,
      headers: { Accept: 'application/json' },
    });
    done = response.ok;
  } catch {
    // The proxy stopped or the network went: the tester must know that nothing was marked.
  }
  feedback.classList.toggle('failed', !done);
  const text = form.dataset.set.replace('{mark}', button.textContent);
  feedback.textContent = done ? `${text} · ${new Date().toLocaleTimeString()}` : form.dataset.failed;
  if (done) note.value = '';
}

for (const name of ['proxy', 'trust']) {
  const element = document.getElementById(`check-${name}`);
  if (!element.classList.contains('on')) element.textContent = element.dataset.waiting;
}
document.querySelector('form').addEventListener('submit', mark);
watch();
