// Shows how a search goes without being asked; without this there is "Look again".
const EVERY = 3000;

async function look() {
  const old = document.getElementById("progress");
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("progress");
    if (!fresh || fresh.dataset.state !== old.dataset.state) return location.reload();
    if (!old.contains(document.activeElement)) old.innerHTML = fresh.innerHTML;
  } catch {
    // The network is away for a moment; the next look says more.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
