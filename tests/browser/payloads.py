"""What data might try to run, fetch or hide. `trip` is the tripwire of `live.py`; EXAMPLE is a host that nobody may ask."""
EXAMPLE = "//tripwire.example"
SCRIPTS = [
    "<script>trip()</script>", "<SCRIPT SRC=%s/x.js></SCRIPT>", "</script><script>trip()</script>", "</style><script>trip()</script>", "</textarea><script>trip()</script>",
    "</title><script>trip()</script>", "<!--><script>trip()</script>-->", "<![CDATA[<script>trip()</script>]]>", "<scr<script>ipt>trip()</scr</script>ipt>", "<script type=module>import '%s/m.js'</script>",
    "<noscript><p title='</noscript><img src=x onerror=trip()>'>", "<template><script>trip()</script></template>"]
HANDLERS = [
    "<img src=x onerror=trip()>", "<img src=%s/a.png>", "\"><img src=x onerror=trip()>", "'><img src=x onerror=trip()>", "` onmouseover=trip() x=`", "\" autofocus onfocus=trip() x=\"",
    "<body onload=trip()>", "<details open ontoggle=trip()>", "<input autofocus onfocus=trip()>", "<video><source onerror=trip()></video>", "<audio src=%s/a.mp3 autoplay>", "<marquee onstart=trip()>",
    "<div style='animation:x' onanimationstart=trip()>", "<select autofocus onfocus=trip()>", "<a href=x onclick=trip() style='position:fixed;inset:0'>x</a>"]
DRAWINGS = [
    "<svg onload=trip()>", "<svg><script>trip()</script></svg>", "<svg><animate onbegin=trip() attributeName=x dur=1s>", "<svg><use href='%s/x.svg#a'/></svg>", "<svg><image href='%s/x.png'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.trip()</script>'></foreignObject></svg>", "<math><mtext><table><mglyph><style><img src=x onerror=trip()>", "<math href='javascript:trip()'>x</math>",
    "<svg><a xlink:href='javascript:trip()'><text>x</text></a></svg>"]
ADDRESSES = [
    "javascript:trip()", "JaVaScRiPt&colon;trip()", "java\tscript:trip()", "data:text/html,<script>trip()</script>", "data:image/svg+xml,<svg onload='trip()' xmlns='http://www.w3.org/2000/svg'/>", "vbscript:trip()",
    "[click](javascript:trip())", "[click](%s/?q=secret)", "![logo](%s/logo.png)", "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9dHJpcCgpPg==)", "[x]: %s/ref\n[x]", "<https:%s/auto>", "https:%s/bare",
    "<iframe src=%s></iframe>", "<iframe srcdoc='<script>parent.trip()</script>'>", "<object data=%s/o></object>", "<embed src=%s/e>", "<link rel=stylesheet href=%s/c.css>", "<meta http-equiv=refresh content='0;url=%s'>",
    "<base href=%s/>", "<form action=%s><button autofocus>go</button></form>"]
STYLES = ["<style>@import '%s/s.css'; .ft{display:none}</style>", "<p style=\"background:url(%s/b.png)\">x</p>", "} .ft { display: none } /*", "expression(trip())", "url(%s/u.png)", "--ft-ink: url(%s/v.png)"]
TEMPLATES = ["{{constructor.constructor('trip()')()}}", "${trip()}", "#{trip()}", "<%= trip() %>", "{% raw %}{{ trip() }}", "$(trip)", "`${trip()}`", "\\u003cscript\\u003etrip()\\u003c/script\\u003e", "&lt;script&gt;trip()&lt;/script&gt;",
             "%3Cscript%3Etrip()%3C/script%3E", "$$\\require{html}\\href{javascript:trip()}{x}$$", "';trip();//", "\");trip();//", "</script>\u2028trip()"]
HIDDEN = ["\u202etxt.exe\u202c", "\u2066abc\u2069", "a\u200bb\u200cc\u200dd", "\ufeffBOM", "nul\x00byte", "\x1b[31mred\x1b[0m", "\x08\x7f\x9f", "\ud83d half", "e" + "\u0301" * 300, "\u00ad" * 40, "\U000e0041\U000e0042 tags", "ﷺ" * 60, "مرحبا <b> שלום"]
SHAPES = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", '{"__proto__": {"tripped": true}}', '{"constructor": {"prototype": {"tripped": true}}}', "x" * 30_000, "\n" * 5_000, "<b>" * 3_000,
          '{"role": "assistant", "content": "<script>trip()</script>"}', "[" * 500 + "]" * 500, "-0", "NaN", "null", "../../etc/passwd", "'; drop table changes; --", '"\\"\\\\"']
PAYLOADS = [each.replace("%s", EXAMPLE) if "%s" in each else each for each in (*SCRIPTS, *HANDLERS, *DRAWINGS, *ADDRESSES, *STYLES, *TEMPLATES, *HIDDEN, *SHAPES)]
