.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock messages clean

help:  ## show these lines
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

run:  ## from a fresh machine to the running product (PORT=8000, HOST=127.0.0.1, DEMO_PASSWORD)
	@scripts/run.sh

test:  ## from a fresh machine to all tests passed
	@scripts/test.sh all

lint:  ## the static stages of the tests alone
	@scripts/test.sh static

bench:  ## measure pages, due dates and reminders; prints one JSON object
	@scripts/bench.sh

lock:  ## compile the hashed lock files from pyproject.toml
	@scripts/lock.sh

messages:  ## gather translatable texts into the catalogue
	@scripts/messages.sh

clean:  ## remove what was installed and built, but no data
	rm -rf .venv node_modules staticfiles var/vendor var/stamps
