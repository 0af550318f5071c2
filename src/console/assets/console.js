// Keeps lists up to date while their capture runs, without disturbing whoever types or selects.
const everyMs = 3000;

async function refresh() {
  const main = document.querySelector('main[data-live]');
  const busy = document.activeElement?.closest('form') || String(getSelection()) !== '';
  if (main && !busy && document.visibilityState === 'visible') {
    try {
      const response = await fetch(location.href, { cache: 'no-store' });
      if (response.ok) {
        const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
        if (fresh && fresh.innerHTML !== main.innerHTML) main.replaceWith(fresh);
      }
    } catch {
      // The console ended or is busy: the page stays as it is.
    }
  }
  setTimeout(refresh, everyMs);
}

setTimeout(refresh, everyMs);
