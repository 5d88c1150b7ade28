# Every target makes its own environment; nothing else needs to be installed by hand.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
comma  := ,
EXTRAS := dev$(if $(PARITY),$(comma)parity)

.PHONY: lab demo test docs readme notebooks clean

lab: $(VENV)/.lab            ## open JupyterLab on the workbench
	$(BIN)/ftbench lab

demo: $(VENV)/.run           ## the whole loop without a browser
	$(BIN)/ftbench demo

test: $(VENV)/.dev           ## every check there is (PARITY=1 adds torch and the parity tests)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/check.py

docs: $(VENV)/.dev           ## build the site into _docs
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/docs/build.py

readme: $(VENV)/.dev         ## write README.md from index.ipynb
	$(BIN)/python tools/readme.py

notebooks: $(VENV)/.dev      ## export and clean the notebooks
	$(BIN)/nbdev-export && $(BIN)/nbdev-clean

clean:
	rm -rf $(VENV) _docs build dist *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python settings.ini setup.py pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.lab: $(BIN)/python settings.ini setup.py pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[lab]"
	touch $@

$(VENV)/.dev: $(BIN)/python settings.ini setup.py pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]"
	touch $@
