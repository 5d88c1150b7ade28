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

/** A wait in seconds as a person says it. */
export function spokenWait(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

/** A moment, in seconds since 1970, as a person says it: the time today, the day before. */
export function spokenMoment(moment, now) {
  const at = new Date(moment * 1000);
  if (at.toDateString() === new Date(now * 1000).toDateString()) return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** The path of a small curve through numbers, in a box of width × height; from zero when told so. */
export function curve(numbers, width = 112, height = 16, fromZero = false) {
  const known = numbers.filter(Number.isFinite);
  if (known.length < 2) return "";
  const low = fromZero ? 0 : Math.min(...known), span = Math.max(...known) - low || 1;
  return known.map((number, at) => {
    const x = 2 + (width - 2) * at / (known.length - 1), y = 2 + height * (1 - (number - low) / span);
    return `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}

/** How fast a model answers; of one on another server nothing is known. */
export function spokenPace(pace) {
  if (pace === null) return "–";
  return pace > 0 ? `${Math.max(1, Math.round(pace)).toLocaleString("en")} tok/s` : "idle";
}

/** What the last column says of a job: what is left, how long it took, or why it ended. */
export function spokenEnd(job, now) {
  if (job.error) return job.error;
  if (job.status === "running" && job.estimated_finish) return `${spokenTime(job.estimated_finish - now)} left`;
  if (job.finished_at) return spokenTime(job.finished_at - job.created_at);
  return "";
}

/** What the card of the machine says: pairs of a figure and the words after it, and the share of memory in use. */
export function spokenMachine({ cores, load, memory, memory_used: used }) {
  const pairs = [load === null ? [`${cores}`, "cores"] : [load.toFixed(1), `on ${cores} cores${memory ? "," : ""}`]];
  if (memory) pairs.push([(used / 1e9).toFixed(1), `of ${(memory / 1e9).toFixed(0)} GB`]);
  return [pairs, memory ? used / memory : 0];
}

/** The first call that somebody could make, as Python. */
export function firstCall(url, model) {
  return `client = ft.connect()            # or OpenAI(base_url=${JSON.stringify(url)}, api_key=key)
client.chat.completions.create(model=${JSON.stringify(model)}, messages=[{"role": "user", "content": "Where is my parcel?"}])`;
}

const ICONS = {
  running: "M5 3l8 5l-8 5z", paused: "M5.5 3.5v9M10.5 3.5v9", succeeded: "M3 8.5l3.2 3.2L13 5", cancelled: "M4 4l8 8M12 4l-8 8",
  failed: "M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4L1.8 10.6V5.4zM8 4.8v3.8M8 11v.1", waiting: "M8 3.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6",
};
const SHOWN = ["all", "running", "failed"];
let wanted = "all";

const at = name => document.getElementById(name);

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function drawing(box, path, kind) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  made.setAttribute("viewBox", box);
  if (kind) made.setAttribute("class", kind);
  made.append(line);
  return made;
}

function named(made, words) {
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words);
  return made;
}

function sign(path) {
  const made = drawing("0 0 16 16", path, "icon");
  made.setAttribute("aria-hidden", "true");
  return made;
}

function bar(share, words) {
  const made = named(element("span", undefined, "bar"), words), part = element("i");
  part.style.width = `${100 * Math.min(1, share)}%`;
  made.append(part);
  return made;
}

function row(cells, kind) {
  const made = element("tr", undefined, kind);
  for (const cell of cells) made.append(cell instanceof Node ? cell : element("td", cell));
  return made;
}

function holding(...parts) {
  const cell = element("td");
  cell.append(...parts);
  return cell;
}

function jobRow(job, now) {
  const state = element("td", undefined, "state"), end = element("td", spokenEnd(job, now), "cause"), name = element("td");
  state.append(sign(ICONS[job.status] ?? ICONS.waiting), job.status.replaceAll("_", " "));
  end.title = end.textContent;
  name.append(element("code", job.id, "dim"));
  const last = job.losses.at(-1);
  const words = job.losses.length ? `training loss, from ${job.losses[0].toFixed(2)} to ${last.toFixed(2)}` : "no loss yet";
  const step = job.total_steps ? holding(bar(job.step / job.total_steps, "steps done"), `${job.step} / ${job.total_steps}`) : element("td", "–");
  return row([state, job.suffix ?? "–", name, job.model, holding(named(drawing("0 0 116 20", curve(job.losses)), words)), step,
    element("td", job.losses.length ? last.toFixed(2) : "–", "number"), end], job.status);
}

function modelRow(model, now) {
  const name = element("td");
  name.append(element("code", model.id));
  return row([name, element("td", model.weights, "dim"), element("td", model.bytes === null ? "–" : spokenSize(model.bytes), "number"),
    element("td", spokenMoment(model.created, now), "number dim"), element("td", spokenPace(model.pace), "number dim")]);
}

function figure(name, ...pairs) {
  at(name).replaceChildren(...pairs.flatMap(([number, words], index) => [`${index ? " " : ""}`, element("b", number), ` ${words}`]));
}

function course(name, numbers, words) {
  named(at(name), words).querySelector("path").setAttribute("d", curve(numbers, 218, 16, true));
}

function showCards(told) {
  const count = status => told.counts[status] ?? 0, requests = told.requests.reduce((sum, one) => sum + one, 0);
  figure("running", [`${count("running")}`, `running, ${count("queued") + count("validating_files")} waiting`]);
  at("ended").textContent = `${count("succeeded")} succeeded, ${count("failed")} failed, ${count("cancelled")} cancelled`;
  figure("requests", [requests.toLocaleString("en"), requests === 1 ? "request" : "requests"]);
  course("requests-course", told.requests, "requests in each of the last 15 minutes");
  figure("wait", [spokenWait(told.wait), ""]);
  course("wait-course", told.waits.map(wait => wait ?? 0), "wait in each of the last 15 minutes");
  const [pairs, share] = spokenMachine(told.machine);
  figure("machine", ...pairs);
  named(at("memory"), `${Math.round(100 * share)} % of the memory in use`).firstChild.style.width = `${100 * share}%`;
}

function showFilters(counts) {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  if (!at("filters").children.length) {
    at("filters").append(...SHOWN.map(name => {
      const button = element("button");
      button.type = "button";
      button.addEventListener("click", () => { wanted = name; look(); });
      return button;
    }));
  }
  SHOWN.forEach((name, index) => {
    const button = at("filters").children[index];
    button.textContent = `${name} ${name === "all" ? all : counts[name] ?? 0}`;
    button.setAttribute("aria-pressed", String(name === wanted));
  });
}

function showDisk(told) {
  const used = Object.values(told.disk).reduce((sum, size) => sum + size, 0), kinds = Object.entries(told.disk);
  at("used").textContent = `${spokenSize(used)} ${told.quota ? `of ${spokenSize(told.quota)} allowed` : "used"}, ${spokenSize(told.free)} free`;
  at("shares").replaceChildren(...kinds.map(([, size], index) => {
    const part = element("i", undefined, `kind${index}`);
    part.style.flex = String(size / Math.max(used, 1));
    return part;
  }));
  named(at("shares"), kinds.map(([kind, size]) => `${kind} ${spokenSize(size)}`).join(", "));
  at("disk").replaceChildren(...kinds.flatMap(([kind, size], index) => {
    const name = element("dt");
    name.append(element("i", undefined, `kind${index}`), kind);
    return [name, element("dd", spokenSize(size), "number")];
  }));
}

function show(told) {
  at("facts").textContent = `version ${told.version} · up ${spokenTime(told.uptime)}`;
  showCards(told);
  showFilters(told.counts);
  at("jobs").replaceChildren(...told.jobs.map(job => jobRow(job, told.now)));
  const tuned = told.models.find(model => model.id.startsWith("ft:"));
  at("tuned").textContent = `${told.tuned} tuned, latest first`;
  at("models").replaceChildren(...told.models.map(model => modelRow(model, told.now)));
  showDisk(told);
  at("call").textContent = firstCall(at("url").textContent, (tuned ?? told.models[0]).id);
}

function showHealth(words, path, kind) {
  if (at("health").textContent !== words) at("health").replaceChildren(sign(path), words);
  at("health").className = kind;
}

async function look() {
  try {
    const answer = await fetch(`/status.json?show=${wanted}`);
    if (answer.status === 401) return location.reload();
    show(await answer.json());
    showHealth("healthy", ICONS.succeeded, "pill");
  } catch {
    showHealth("no answer", ICONS.failed, "pill gone");
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(at(button.dataset.copies).textContent);
  const words = button.querySelector("span");
  words.textContent = "Copied";
  setTimeout(() => { words.textContent = "Copy"; }, 1500);
}

if (typeof document !== "undefined" && at("jobs")) {
  for (const button of document.querySelectorAll("[data-copies]")) button.addEventListener("click", () => copy(button));
  look();
  setInterval(look, 2000);
}
