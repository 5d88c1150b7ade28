"""A notebook's webview as VS Code and Colab build one: a frame of no origin, a policy, a theme on <body> or <html>, no Jupyter, and a widget
manager that keeps to anywidget's contract and refuses everything else."""
import json

from ftbench.widgets.base import answer, css, esm, sendable
from ftbench.widgets.wire import Parts

# VS Code's own policy for notebooks, with `blob:`, from which anywidget loads every widget
POLICY = ("default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; img-src https: http: data:; font-src https:; "
          "connect-src https:; child-src https: data:")
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><title>output</title>
<style>body {{ margin: 8px; }} {css}</style></head><body><div id="output"></div><script type="module">
const listeners = {{}}, sent = [], known = ["get", "set", "save_changes", "on", "off", "send"];
const state = {state};
window.refused = [];
window.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${{event.violatedDirective}} ${{event.blockedURI}}`));
for (const host of ["jupyterapp", "Jupyter", "IPython", "google", "acquireVsCodeApi", "require", "requirejs", "define"]) {{
  Object.defineProperty(window, host, {{ get() {{ window.refused.push(host); return undefined; }} }});
}}
const fire = (name, ...values) => (listeners[name] ?? []).slice().forEach((call) => call(...values));
const take = (next) => {{
  const changed = Object.keys(next).filter((key) => JSON.stringify(next[key]) !== JSON.stringify(state[key]));
  Object.assign(state, next);
  changed.forEach((key) => fire(`change:${{key}}`));
}};
const contract = {{
  get: (name) => state[name], set: (name, value) => {{ state[name] = value; }}, save_changes: () => {{}},
  on: (name, call) => (listeners[name] ??= []).push(call), off: (name, call) => {{ listeners[name] = (listeners[name] ?? []).filter((one) => one !== call); }},
  send: async (content, callbacks, buffers) => {{
    const [reply, next] = await window.askPython(content);
    if (next) take(next);
    fire("msg:custom", reply, []);
  }},
}};
const model = new Proxy(contract, {{ get(target, name) {{ if (typeof name === "string" && !known.includes(name)) window.refused.push(`model.${{name}}`); return target[name]; }} }});
while (!window.askPython) await new Promise((next) => setTimeout(next, 10)); // Playwright brings it
const address = URL.createObjectURL(new Blob([{esm}], {{ type: "text/javascript" }}));
const {{ default: widget }} = await import(address);
window.listening = () => Object.values(listeners).flat().length;
window.end = await widget.render({{ model, el: document.getElementById("output"), signal: new AbortController().signal, experimental: {{ invoke: () => Promise.reject(new Error("not here")) }} }});
window.ready = true;
</script></body></html>"""


def as_text(value) -> str: return json.dumps(value).replace("<", "\\u003c")


def webview(page, pane):
    "Show a pane in such a frame; returns the frame."
    parts = Parts()
    state = lambda: {"state_keys": sorted(pane.state()), **{f"state_{key}": each for key, each in sendable(pane.state()).items()}}

    def ask(message):
        if "more" in message: return [parts.more(message["more"]), None]
        reply = parts.reply(sendable(answer(pane, message)))
        return [reply, state()]

    page.expose_function("askPython", ask)
    inner = FRAME.format(policy=POLICY, css=css(), state=as_text(state()), esm=as_text(esm(pane.script, pane.draws)))
    page.goto("about:blank")
    page.set_content('<!doctype html><html lang="en"><body style="margin:0"><iframe title="output" sandbox="allow-scripts" style="width:100%;height:1300px;border:0"></iframe></body></html>')
    page.evaluate("(inner) => { document.querySelector('iframe').srcdoc = inner; }", inner)
    frame = page.frame_locator("iframe")
    frame.locator(".ft.w > :nth-child(2)").first.wait_for()
    return next(one for one in page.frames if one.parent_frame)
