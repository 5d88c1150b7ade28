"""Sphinx settings of the documentation; build.py copies this file beside the pages it makes."""
project = "ftbench"
copyright = "2026, ftbench developers"

extensions = ["myst_nb"]
html_theme = "furo"
html_title = "ftbench"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False

# build.py has run every notebook; the site must need nothing from outside, so no MathJax, require.js or widget manager.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
myst_enable_extensions = ["colon_fence", "attrs_block"]
myst_heading_anchors = 3
myst_links_external_new_tab = True
# A lesson may go from its title straight to a function, and a signature may hold what is no Python, such as <factory>.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
pygments_style = "friendly"
pygments_dark_style = "monokai"


def setup(app):
    "The pages of sources stand in no list of contents, so the list beside each of them is the same: it is made once, not two hundred times."
    lists = {}

    def make_once(app, name, template, context, doctree):
        if name.startswith("source/"):
            make = context["toctree"]
            context["toctree"] = lambda **how: lists.get(str(how)) or lists.setdefault(str(how), make(**how))
    app.connect("html-page-context", make_once, priority=100) # before the theme asks for it
    return {"parallel_read_safe": True, "parallel_write_safe": True}
