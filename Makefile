# Needs python3, pip and make. Everything else is fetched into .tools, .venv and tests/clients/node.

UV ?= $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .tools/bin/uv)
EXTRA = $(if $(filter postgres%,$(DATABASE_URL)),--extra postgres) $(if $(filter-out smtp% console% inbox%,$(EMAIL_URL)),--extra mail)
SERVE = $(UV) run --frozen --no-dev $(EXTRA)
DEV = $(UV) run --frozen --all-extras
# Three processes on two cores: tests often wait, for a server to start or a page to load.
PYTEST = pytest -n 3 --dist loadfile $(PYTEST_ARGS)

.PHONY: help run welcome key worker tasks functions beat test test-fast test-tools check docs bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: $(UV) ## set everything up and serve
	@$(SERVE) manage.py up

welcome: $(UV) ## print the endpoint, the access key and the logins again
	@$(SERVE) manage.py show_access

key: ## print a new key for POOLHOUSE_SECRET_KEYS
	@python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip('='))"

# Two processes: functions that somebody waits for have threads of their own, so that no slow mail server is in their way.
worker: $(UV) ## run tasks and functions (with REDIS_URL; any number of them)
	@$(MAKE) --no-print-directory -j2 tasks functions

tasks: $(UV) ## run only tasks
	@$(SERVE) celery --app cognito_site.celery worker --queues celery --hostname tasks@%h --loglevel INFO

functions: $(UV) ## run only functions (docs/functions.md)
	@$(SERVE) celery --app cognito_site.celery worker --queues functions --pool threads --concurrency 16 \
		--hostname functions@%h --loglevel INFO

beat: $(UV) ## run the clock of periodic tasks (with REDIS_URL; exactly one)
	@$(SERVE) celery --app cognito_site.celery beat --scheduler celery.beat:Scheduler --loglevel INFO

test: $(UV) test-tools check ## everything: checks, then all tests on SQLite and on PostgreSQL + Redis
	$(DEV) $(PYTEST)
	$(DEV) python -m tests.backends $(PYTEST)

test-fast: $(UV) ## the tests that need no browser, no Node and no server, on SQLite
	$(DEV) $(PYTEST) -q -m "not browser and not node and not server"

test-tools: $(UV)
	@$(UV) sync --frozen --all-extras --quiet
	@python3 tests/prepare.py

check: $(UV) ## layers, types, style, migrations
	$(DEV) ruff check .
	$(DEV) mypy
	$(DEV) lint-imports
	@$(DEV) python manage.py makemigrations --check --dry-run --settings tests.settings

docs: $(UV) ## write the pages of docs/ that are made from code
	@$(DEV) python -m tests.documents

bench: $(UV) ## measure the production server against this machine's limits
	@$(UV) run --frozen --isolated --no-dev python -m bench sqlite
	@$(UV) run --frozen --isolated --no-dev --extra postgres python -m bench postgres
	@$(DEV) python -m bench.drain

# --target, because distributions refuse pip elsewhere, and python3-venv may be missing.
.tools/bin/uv:
	@python3 -m pip install --quiet --disable-pip-version-check --target .tools "uv~=0.13.9"
