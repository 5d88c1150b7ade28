// The status page draws what /status.json says. Everything from the data is put on the page as text.

/** A size in bytes as a person says it. */
export function spokenSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0, value = bytes;
  while (value >= 1000 && at < units.length - 1) { value /= 1000; at += 1; }
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** A length of time in seconds as a person says it. */
export function spokenTime(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The path of a small curve through losses, in a box of width × height. */
export function curve(losses, width = 112, height = 16) {
  const known = losses.filter(Number.isFinite);
  if (known.length < 2) return "";
  const low = Math.min(...known), span = Math.max(...known) - low || 1;
  return known.map((loss, at) => {
    const x = 2 + (width - 2) * at / (known.length - 1), y = 2 + height * (1 - (loss - low) / span);
    return `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}

/** What the last column says of a job: what is left, how long it took, or why it ended. */
export function spokenEnd(job, now) {
  if (job.error) return job.error;
  if (job.status === "running" && job.estimated_finish) return `${spokenTime(job.estimated_finish - now)} left`;
  if (job.finished_at) return spokenTime(job.finished_at - job.created_at);
  return "";
}

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function row(cells) {
  const made = element("tr");
  for (const cell of cells) made.append(cell instanceof Node ? cell : element("td", cell));
  return made;
}

function sparkline(losses) {
  const cell = element("td"), drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", curve(losses));
  drawing.setAttribute("viewBox", "0 0 116 20");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", losses.length ? `training loss, from ${losses[0].toFixed(2)} to ${losses.at(-1).toFixed(2)}` : "no loss yet");
  drawing.append(path);
  cell.append(drawing);
  return cell;
}

function jobRow(job, now) {
  const end = element("td", spokenEnd(job, now), job.error ? "cause failed" : "cause dim");
  end.title = end.textContent;
  return row([element("td", job.status, job.status), job.suffix ?? "–", element("td", job.id, "dim"), job.model, sparkline(job.losses),
    element("td", job.total_steps ? `${job.step} / ${job.total_steps}` : "–", "number"),
    element("td", job.losses.length ? job.losses.at(-1).toFixed(2) : "–", "number"), end]);
}

function show(told) {
  const at = name => document.getElementById(name);
  const used = Object.values(told.disk).reduce((sum, size) => sum + size, 0);
  at("facts").textContent = `version ${told.version} · up ${spokenTime(told.uptime)}`;
  at("running").textContent = `${told.counts.running ?? 0} running`;
  at("waiting").textContent = `${(told.counts.queued ?? 0) + (told.counts.validating_files ?? 0)} waiting, ${told.counts.failed ?? 0} failed, ${told.counts.succeeded ?? 0} succeeded`;
  at("tuned").textContent = `${told.models.length - 1} tuned`;
  at("used").textContent = spokenSize(used);
  at("free").textContent = told.quota ? `of ${spokenSize(told.quota)} allowed, ${spokenSize(told.free)} free on the disk` : `${spokenSize(told.free)} free on the disk`;
  at("jobs").replaceChildren(...told.jobs.map(job => jobRow(job, told.now)));
  at("models").replaceChildren(...told.models.map(model => row([model.id, element("td", spokenSize(model.bytes), "number"),
    element("td", new Date(model.created * 1000).toLocaleString(), "dim")])));
  at("disk").replaceChildren(...Object.entries(told.disk).map(([kind, size]) => {
    const meter = element("meter");
    meter.max = Math.max(used, 1);
    meter.value = size;
    meter.setAttribute("aria-label", kind);
    const cell = element("td");
    cell.append(meter);
    return row([kind, element("td", spokenSize(size), "number"), cell]);
  }));
}

async function look() {
  const pill = document.getElementById("health");
  try {
    const answer = await fetch("/status.json");
    if (answer.status === 401) return location.reload();
    show(await answer.json());
    pill.textContent = "healthy";
    pill.className = "pill";
  } catch {
    pill.textContent = "no answer";
    pill.className = "pill gone";
  }
}

if (typeof document !== "undefined" && document.getElementById("jobs")) {
  look();
  setInterval(look, 2000);
}
