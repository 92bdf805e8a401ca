# `make test` is the project's test command: it prepares what the tests work
# with in the user's cache folder, which takes minutes the first time, and runs
# them. It needs Go and, where PostgreSQL and Redis are not installed, Debian's
# apt-get; never root.

GO   ?= go
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# What `make race` leaves out: the pure rooms, in which no goroutine runs, and
# those whose tests mostly wait for other programs (whole systems, promtool).
RACE_LEAVES_OUT ?= /(internal/endtoend|deploy|(alerts|checklist|dashboards)(/.*)?|internal/(promquery|rollout|series|kubernetes))$$
# The scripts of commands that go through those rooms, from a file to files.
RACE_SKIPS ?= TestScripts/(dashboards|generate|grafana|kubernetes|merge)$$

FUZZTIME ?= 30s

.PHONY: test tools golden lint race corpus demo fuzz bench onset soak mutation hosts blackbox routes

# Four packages at once, for the end-to-end test mostly waits.
test: tools
	$(GO) test -p 4 ./...

# The programs the tests work with.
tools:
	$(GO) run ./internal/testenv/fetch

# Rewrites the golden files, the committed examples among them.
golden:
	$(GO) test -run Golden $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

lint:
	$(GO) run $(LINT) run ./...

# Needs gcc.
race: tools
	CGO_ENABLED=1 $(GO) test -race -skip '$(RACE_SKIPS)' $$($(GO) list ./... | grep -vE '$(RACE_LEAVES_OUT)')

# Other people's checklists, in ../shared.
corpus: tools
	$(GO) test -tags corpus ./...

# Puts panels into other people's dashboards, those below the folder that
# CUTOVER_TEST_DASHBOARDS names, and takes them out again.
hosts:
	$(GO) test -tags hosts -run TestHosts -v ./dashboards/embed

demo:
	$(GO) run ./cmd/cutover demo

# From onset to webhook, ten times beside a naive rule: docs/onset.md.
onset: tools
	$(GO) test -tags onset -run TestOnset -parallel 4 -timeout 30m -v ./internal/endtoend | grep -E '\| |ok|FAIL'

# Asks amtool where every alert goes, ours and others, before and after merging.
routes: tools
	$(GO) test -run TestAmtool -timeout 30m ./alerts/merge -args -every 1

# Kills the journal's writer a thousand times, and has a thousand tests meet
# targets that hang.
soak:
	$(GO) test -tags soak -run Kill -v ./internal/journal
	$(GO) test -tags soak -run Soak -v ./internal/smoke

# Takes every clause of the alert rules away, one at a time: a scenario must fail
# without it. Takes a quarter of an hour.
mutation: tools
	$(GO) test -tags mutation -run TestEveryClause -timeout 90m -v ./alerts

# Every fuzz test for FUZZTIME, one after the other.
fuzz:
	@grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed 's|/[^/]*_test.go:func | |' | \
	while read -r dir name; do \
		echo "$$dir $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$dir" || exit 1; \
	done

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# The CPU of our HTTP test beside blackbox_exporter's, which CUTOVER_TEST_BLACKBOX
# is the path of.
blackbox:
	$(GO) test -count=1 -tags blackbox -run TestBlackbox -v ./internal/probe
