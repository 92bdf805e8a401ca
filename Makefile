# `make test` is the project's test command: it prepares what the tests work
# with in the user's cache folder, which takes minutes the first time, and runs
# them. Needs Go and, where PostgreSQL and Redis are not installed, Debian's
# apt-get; never root.

GO         ?= go
LINT       := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME   ?= 30s

.PHONY: test tools golden lint race corpus demo fuzz bench

test: tools
	$(GO) test ./...

tools: # the programs the tests work with
	$(GO) run ./internal/testenv/fetch

golden: # rewrite the golden files, and so the committed examples
	$(GO) test ./... -run Golden -update

lint:
	$(GO) run $(LINT) run ./...

race: tools # needs gcc; RACE_PACKAGES="./checklist/..." for some
	CGO_ENABLED=1 $(GO) test -race $(or $(RACE_PACKAGES),./...)

corpus: tools # other people's checklists, in ../shared
	$(GO) test -tags corpus ./...

demo:
	$(GO) run ./cmd/cutover demo

fuzz: # every fuzz test, one after the other
	.ci/fuzz $(FUZZTIME)

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
