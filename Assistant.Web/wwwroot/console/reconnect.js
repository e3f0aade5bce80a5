// Words and countdown for a lost connection. Blazor retries by itself, and gives up after some minutes; from then on this does. Where the page must
// be loaded again, replies and notes being written are found again in this browser (composer.js); what stands in other fields is lost.
const bar = document.getElementById('components-reconnect-modal');
const words = bar?.querySelector('[data-reconnect-words]');
const again = 30_000; // ms

function say(text) {
  if (words) words.textContent = text;
}

export function watchConnection() {
  if (!bar) return;
  let isTrying = false;

  async function reconnect() {
    if (isTrying) return;
    isTrying = true;
    try {
      if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) location.reload();
    } catch {
      say(bar.dataset.failed); // the server is not there yet
    } finally {
      isTrying = false;
    }
  }

  function reconnectIfGivenUp() {
    if (bar.classList.contains('components-reconnect-failed') && document.visibilityState === 'visible') reconnect();
  }

  bar.addEventListener('components-reconnect-state-changed', event => {
    switch (event.detail.state) {
      case 'show': say(bar.dataset.now); break;
      case 'retrying':
        say(event.detail.secondsToNextAttempt > 0
          ? bar.dataset.retrying.replace('{seconds}', event.detail.secondsToNextAttempt)
          : bar.dataset.now);
        break;
      case 'failed': say(bar.dataset.failed); break;
      case 'rejected': location.reload(); break; // the server has forgotten this circuit
    }
  });
  bar.querySelector('[data-reconnect-now]').addEventListener('click', reconnect);
  addEventListener('online', reconnectIfGivenUp);
  document.addEventListener('visibilitychange', reconnectIfGivenUp);
  setInterval(reconnectIfGivenUp, again);
}
