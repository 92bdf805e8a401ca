package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// install writes a shell script as a program into a new folder and puts that
// on PATH, with the system's own.
func install(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	writeScript(t, path, script)
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return path
}

func writeScript(t *testing.T, path, script string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFindOnPath(t *testing.T) {
	tests := map[string]struct {
		says  string
		found bool
		want  string // in the error
	}{
		"recent enough":   {says: "prometheus, version 3.0.0 (branch: HEAD, revision: 0)", found: true},
		"newer":           {says: "prometheus, version 12.1.3 (branch: HEAD, revision: 0)", found: true},
		"too old":         {says: "prometheus, version 2.42.0+ds (branch: debian/sid)", want: "is 2.42.0, but 3.0.0 or later is needed"},
		"knows none":      {says: "prometheus, version  (branch: , revision: unknown)", want: `version ""`},
		"something else":  {says: "usage: prometheus", want: "says no version"},
		"a version of it": {says: "prometheus, version latest (branch: HEAD)", want: `version "latest"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			path := install(t, "prometheus", fmt.Sprintf("echo %q", test.says))
			got, err := Find(t.Context(), Prometheus)
			if test.found {
				if want := (Program{Tool: Prometheus, Path: path}); err != nil || got != want {
					t.Fatalf("got %+v, %v, want %+v", got, err, want)
				}
				return
			}
			if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, error %v, want ErrNotFound with %q", got, err, test.want)
			}
		})
	}
}

func TestFindPrefersThePinned(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	install(t, "prometheus", "echo prometheus, version 99.0.0")
	pinned := filepath.Join(cache, "cutover", "tools", "prometheus-v0.316.0", "prometheus")
	if err := os.MkdirAll(filepath.Dir(pinned), 0o755); err != nil {
		t.Fatal(err)
	}
	writeScript(t, pinned, "exit 1")
	got, err := Find(t.Context(), Prometheus)
	if want := (Program{Tool: Prometheus, Path: pinned}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestFindNothing(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	_, err := Find(t.Context(), Alertmanager)
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("got error %v, want ErrNotFound", err)
	}
}

func TestParseRelease(t *testing.T) {
	tests := map[string]release{
		"promtool, version 3.16.0 (branch: HEAD, revision: 1)": {3, 16, 0},
		"amtool, version 0.27.1-rc.2 (branch: …":               {0, 27, 1},
		"prometheus, version 3.5":                              {3, 5, 0},
	}
	for said, want := range tests {
		if got, err := parseRelease(said); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", said, got, err, want)
		}
	}
}

func FuzzParseRelease(f *testing.F) {
	f.Add("prometheus, version 3.16.0 (branch: HEAD)")
	f.Add("prometheus, version  (branch: , revision: unknown)")
	f.Add(", version -1.99999999999999999999.0")
	f.Fuzz(func(t *testing.T, said string) {
		r, err := parseRelease(said)
		if err != nil {
			return
		}
		if again, err := parseRelease("x, version " + r.String() + " "); err != nil || again != r {
			t.Errorf("%q is read as %v, that as %v, %v", said, r, again, err)
		}
	})
}

func TestNewestMatch(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"9.6", "15", "17"} {
		path := filepath.Join(root, "lib", version, "postgres")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		writeScript(t, path, "exit 0")
	}
	want := filepath.Join(root, "lib", "17", "postgres")
	if got := newestMatch(filepath.Join(root, "lib", "*", "postgres")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := newestMatch(filepath.Join(root, "nowhere", "*")); got != "" {
		t.Errorf("got %s, want nothing", got)
	}
}

func TestPrepareBuildsOnce(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	calls := filepath.Join(t.TempDir(), "calls")
	// A toolchain that tells what it was asked, and installs a script.
	install(t, "go", `echo "$@" >> `+calls+`
printf '#!/bin/sh\n' > "$GOBIN/amtool" && chmod +x "$GOBIN/amtool"`)

	const callers = 4
	errs := make(chan error, callers)
	for range callers {
		go func() {
			_, err := Prepare(context.Background(), Amtool, nil)
			errs <- err
		}()
	}
	for range callers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	got, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	const want = "install -ldflags=-X github.com/prometheus/common/version.Version=0.34.2" +
		" github.com/prometheus/alertmanager/cmd/amtool@v0.34.2\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("calls of the toolchain (-want +got):\n%s", diff)
	}
}

func TestPrepareTakesUpAnInterruptedRun(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	left := filepath.Join(cache, "cutover", "tools", "promtool-v0.316.0.partial", "half")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	install(t, "go", "echo no network >&2; exit 3")
	if _, err := Prepare(t.Context(), Promtool, nil); err == nil || !strings.HasSuffix(err.Error(), "exit status 3: no network") {
		t.Fatalf("got error %v, want what the toolchain said last", err)
	}
	if _, err := Cached(Promtool); !errors.Is(err, ErrNotFound) {
		t.Errorf("after a failed build: got error %v, want ErrNotFound", err)
	}
	install(t, "go", `test ! -e half && printf '#!/bin/sh\n' > "$GOBIN/promtool" && chmod +x "$GOBIN/promtool"`)
	if _, err := Prepare(t.Context(), Promtool, nil); err != nil {
		t.Error(err)
	}
}

func TestPrepareGivesUpWaiting(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	dir, err := cacheDir(Amtool)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(t.Context(), dir+".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := Prepare(ctx, Amtool, nil); !errors.Is(err, gone) {
		t.Errorf("got error %v, want the context's cause", err)
	}
}

func TestPrepareUnknown(t *testing.T) {
	if _, err := Prepare(t.Context(), "frobnicate", nil); err == nil {
		t.Error("got no error")
	}
}

func TestRuntimePackages(t *testing.T) {
	const plan = `Reading package lists...
'http://deb.example/p/postgresql-17_17.2-1_amd64.deb' postgresql-17_17.2-1_amd64.deb 17091392 SHA256:00
'http://deb.example/p/postgresql_17+248_all.deb' postgresql_17+248_all.deb 10332 SHA256:00
'http://deb.example/p/postgresql-common_248_all.deb' postgresql-common_248_all.deb 179624 SHA256:00
'http://deb.example/l/libicu72_72.1-3_amd64.deb' libicu72_72.1-3_amd64.deb 9376124 SHA256:00
'http://deb.example/l/libssl3t64_3.0.22-1_amd64.deb' libssl3t64_3.0.22-1_amd64.deb 2039888 SHA256:00
'http://deb.example/l/libc6_2.36-9_amd64.deb' libc6_2.36-9_amd64.deb 2759320 SHA256:00
'http://deb.example/l/libllvm14_14.0.6-12_amd64.deb' libllvm14_1%3a14.0.6-12_amd64.deb 21840232 SHA256:00
'http://deb.example/l/libjson-perl_4.1-1_all.deb' libjson-perl_4.1-1_all.deb 87516 SHA256:00
'http://deb.example/z/zlib1g_1.2.13_amd64.deb' zlib1g_1%3a1.2.13_amd64.deb 86684 SHA256:00
'http://deb.example/p/perl_5.36_amd64.deb' perl_5.36_amd64.deb 239392 SHA256:00
`
	want := []string{"libicu72", "libssl3t64", "postgresql-17", "zlib1g"}
	if diff := cmp.Diff(want, runtimePackages(plan)); diff != "" {
		t.Errorf("packages (-want +got):\n%s", diff)
	}
}

func FuzzRuntimePackages(f *testing.F) {
	f.Add("'http://deb.example/z' zlib1g_1%3a1.2.13_amd64.deb 86684 SHA256:00\n")
	f.Fuzz(func(t *testing.T, plan string) {
		for _, name := range runtimePackages(plan) {
			if strings.HasPrefix(name, "-") || strings.ContainsAny(name, " \t\n") {
				t.Errorf("%q would be more than one package to apt-get", name)
			}
		}
	})
}
